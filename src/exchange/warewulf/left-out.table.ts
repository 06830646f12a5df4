// Why this table exists: each key of Warewulf that has no counterpart here is left out with the reason that helps its
// reader most.
const ownImage = 'hosts boot the image of the appliance, others their own disk'
const note = 'notes for people are not kept'

export const nodeKeyBecause: Readonly<Record<string, string>> = {
  comment: note,
  'asset key': note,
  'image name': ownImage,
  'container name': ownImage,
  container: ownImage,
  'kernel override': ownImage,
  'kernel version': ownImage,
  'kernel args': ownImage,
  kernel: ownImage,
  'ipxe template': ownImage,
  init: ownImage,
  root: ownImage,
  'runtime overlay': ownImage,
  'system overlay': ownImage,
  overlays: ownImage,
  resources: ownImage,
  disks: 'disks of machines are not described here',
  filesystems: 'disks of machines are not described here',
  discoverable: 'a machine without a MAC is adopted: coppice machine waiting',
}

export const ipmiKeyBecause: Readonly<Record<string, string>> = {
  username:
    'secrets do not stand in the directory: coppice machine set NAME --power-secret-file FILE',
  password:
    'secrets do not stand in the directory: coppice machine set NAME --power-secret-file FILE',
  netmask: 'how a BMC reaches its network is its own affair',
  gateway: 'how a BMC reaches its network is its own affair',
  'vlan id': 'how a BMC reaches its network is its own affair',
  vlan: 'how a BMC reaches its network is its own affair',
  write: 'the appliance does not set up BMCs',
  template: 'the appliance speaks IPMI and Redfish itself',
  escapechar: 'the appliance speaks IPMI and Redfish itself',
  interface: 'IPMI 2.0 (lanplus) is always used',
  tags: note,
}

export const deviceKeyBecause: Readonly<Record<string, string>> = {
  onboot: 'what a card does once the system runs is its image’s affair',
  mtu: 'what a card does once the system runs is its image’s affair',
  tags: 'what a card does once the system runs is its image’s affair',
  ipaddr6: 'IPv6 is not served yet',
  ip6addr: 'IPv6 is not served yet',
  ipv6addr: 'IPv6 is not served yet',
  prefixlen6: 'IPv6 is not served yet',
  gateway6: 'IPv6 is not served yet',
  prefix6: 'IPv6 is not served yet',
}

export const nothingLikeIt = 'nothing here corresponds to it'
