// Why this table exists: each setting of dnsmasq that has no counterpart here is left out with the reason that helps its
// reader most.
const inConfiguration = 'coppice.yaml says it'
const ownBoot = 'what machines boot is decided by their role, and served by the appliance'
const noClasses = 'there are no classes of clients here'
const dnsOnly = 'the directory holds machines; other records are not kept'
const notOpened = 'other files are not opened; give it along with this one'

export const leftOutBecause: Readonly<Record<string, string>> = {
  interface: inConfiguration,
  'except-interface': inConfiguration,
  'listen-address': inConfiguration,
  'bind-interfaces': inConfiguration,
  'bind-dynamic': inConfiguration,
  'no-dhcp-interface': inConfiguration,
  'dhcp-authoritative': inConfiguration,
  port: inConfiguration,
  server: 'dns.forwarders in coppice.yaml says who else is asked',
  local: 'dns.forwarders in coppice.yaml says who else is asked',
  'resolv-file': 'dns.forwarders in coppice.yaml says who else is asked',
  'no-resolv': 'dns.forwarders in coppice.yaml says who else is asked',
  'dhcp-boot': ownBoot,
  'pxe-service': ownBoot,
  'pxe-prompt': ownBoot,
  'enable-tftp': ownBoot,
  'tftp-root': ownBoot,
  'dhcp-vendorclass': noClasses,
  'dhcp-userclass': noClasses,
  'dhcp-match': noClasses,
  'dhcp-mac': noClasses,
  'dhcp-circuitid': noClasses,
  'dhcp-remoteid': noClasses,
  'dhcp-subscrid': noClasses,
  'dhcp-name-match': noClasses,
  'tag-if': noClasses,
  'srv-host': dnsOnly,
  'mx-host': dnsOnly,
  'txt-record': dnsOnly,
  'ptr-record': dnsOnly,
  'naptr-record': dnsOnly,
  'caa-record': dnsOnly,
  'dns-rr': dnsOnly,
  'interface-name': dnsOnly,
  'auth-zone': dnsOnly,
  'conf-dir': 'folders are not opened; give its files along with this one',
  'dhcp-hostsdir': 'folders are not opened; give its files along with this one',
  'dhcp-optsdir': 'folders are not opened; give its files along with this one',
  hostsdir: 'folders are not opened; give its files along with this one',
  'read-ethers': 'give /etc/ethers to an import of the format hosts',
  'addn-hosts': 'give it to an import of the format hosts',
  'conf-file': notOpened,
  'dhcp-hostsfile': notOpened,
  'dhcp-optsfile': notOpened,
  'servers-file': notOpened,
  'enable-ra': 'IPv6 is not served yet',
  'ra-param': 'IPv6 is not served yet',
  'dhcp-leasefile': 'the appliance keeps its leases itself',
  'dhcp-lease-max': 'the appliance keeps its leases itself',
  'dhcp-script': 'no program is run for a lease',
}

export const optionLeftOutBecause: Readonly<Record<string, string>> = {
  'dns-server': 'the appliance tells machines its own DNS',
  'ntp-server': 'the appliance tells machines its own time',
  netmask: 'it follows from the network',
  broadcast: 'it follows from the network',
  'domain-search': 'machines search the domain of the appliance',
}

export const optionNames: Readonly<Record<string, string>> = {
  '1': 'netmask',
  '3': 'router',
  '6': 'dns-server',
  '15': 'domain-name',
  '28': 'broadcast',
  '42': 'ntp-server',
  '119': 'domain-search',
  '121': 'classless-static-route',
  '249': 'classless-static-route',
}

/** Settings that name a file which may be given along. */
export const fileSettings: ReadonlySet<string> = new Set(['conf-file', 'dhcp-hostsfile'])

export const nothingLikeIt = 'nothing here corresponds to it'
