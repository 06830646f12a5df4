// Why this table exists: which Debian packages the rack and the appliance in it need, and by which file we know that one is
// there.

export interface LabPackage {
  readonly name: string
  readonly file: string
  /** What its installation may start. */
  readonly services?: readonly string[]
}

export const labPackages: readonly LabPackage[] = [
  { name: 'iproute2', file: '/bin/ip' },
  { name: 'kmod', file: '/sbin/depmod' },
  { name: 'util-linux', file: '/usr/bin/setpriv' },
  { name: 'ca-certificates', file: '/etc/ssl/certs/ca-certificates.crt' },
  { name: 'qemu-system-x86', file: '/usr/bin/qemu-system-x86_64' },
  { name: 'seabios', file: '/usr/share/seabios/bios-256k.bin' },
  { name: 'ipxe-qemu', file: '/usr/lib/ipxe/qemu/efi-virtio.rom' },
  { name: 'ipxe', file: '/usr/lib/ipxe/snponly.efi' },
  { name: 'ovmf', file: '/usr/share/OVMF/OVMF_CODE_4M.fd' },
  { name: 'slapd', file: '/usr/sbin/slapd', services: ['slapd'] },
  { name: 'ldap-utils', file: '/usr/bin/ldapmodify' },
  { name: 'dnsmasq-base', file: '/usr/sbin/dnsmasq' },
  { name: 'bind9-dnsutils', file: '/usr/bin/dig' },
  { name: 'nfs-ganesha', file: '/usr/bin/ganesha.nfsd', services: ['nfs-ganesha', 'rpcbind'] },
  { name: 'nfs-ganesha-vfs', file: '/usr/lib/x86_64-linux-gnu/ganesha/libfsalvfs.so' },
  { name: 'openipmi', file: '/usr/bin/ipmi_sim', services: ['openipmi'] },
  { name: 'ipmitool', file: '/usr/bin/ipmitool' },
  { name: 'openssh-client', file: '/usr/bin/ssh-keygen' },
  { name: 'iputils-ping', file: '/bin/ping' },
  { name: 'qemu-utils', file: '/usr/bin/qemu-img' },
  { name: 'busybox-static', file: '/bin/busybox' },
  { name: 'tcpdump', file: '/usr/bin/tcpdump' },
]
