// Why this table exists: which Debian packages the appliance uses, by which file we know that one is there, and what is
// lost without it.

export interface UsedPackage {
  readonly name: string
  readonly file: string
  readonly use: string
  /** `serve` cannot start without it; otherwise it starts and warns. */
  readonly isNeeded: boolean
}

export const slapdPackage: UsedPackage = {
  name: 'slapd',
  file: '/usr/sbin/slapd',
  use: 'the embedded directory',
  isNeeded: true,
}

export const usedPackages: readonly UsedPackage[] = [
  slapdPackage,
  {
    name: 'util-linux',
    file: '/usr/bin/setpriv',
    use: 'ends other programs with the appliance',
    isNeeded: true,
  },
  {
    name: 'openssh-client',
    file: '/usr/bin/ssh',
    use: 'steers hosts',
    isNeeded: true,
  },
  { name: 'iproute2', file: '/bin/ip', use: 'networks of virtual clusters', isNeeded: true },
  {
    name: 'iputils-ping',
    file: '/bin/ping',
    use: 'looks whether a node of a virtual cluster answers',
    isNeeded: false,
  },
  {
    name: 'ipxe',
    file: '/usr/lib/ipxe/snponly.efi',
    use: 'loader for UEFI machines',
    isNeeded: false,
  },
  {
    name: 'nfs-ganesha',
    file: '/usr/bin/ganesha.nfsd',
    use: 'images for hosts, where the kernel has no NFS server',
    isNeeded: false,
  },
  {
    name: 'nfs-ganesha-vfs',
    file: '/usr/lib/x86_64-linux-gnu/ganesha/libfsalvfs.so',
    use: 'images for hosts, where the kernel has no NFS server',
    isNeeded: false,
  },
  {
    name: 'ldap-utils',
    file: '/usr/bin/ldapsearch',
    use: 'a look into the directory',
    isNeeded: false,
  },
  { name: 'ipmitool', file: '/usr/bin/ipmitool', use: 'power by IPMI', isNeeded: false },
]

/** Loaders that machines ask for and no package of ours brings: they go into `loaders` of the data folder. */
export const otherLoaders: readonly { readonly file: string; readonly machines: string }[] = [
  { file: 'undionly.kpxe', machines: 'BIOS' },
  { file: 'snponly-arm64.efi', machines: 'ARM64 UEFI' },
  { file: 'snponly-i386.efi', machines: 'x86 UEFI' },
]

export const loaderFolder = '/usr/lib/ipxe'
