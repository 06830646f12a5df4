// Why this file exists: who serves the image store is decided once, from the settings and what the machine has.
export type NfsSetting = 'auto' | 'kernel' | 'ganesha' | { readonly export: string }

export interface NfsMeans {
  readonly kernelServer: boolean
  readonly ganesha: boolean
}

export type NfsChoice =
  | { readonly kind: 'kernel' }
  | { readonly kind: 'ganesha' }
  /** Somebody else's server; hosts mount this. */
  | { readonly kind: 'external'; readonly source: string }
  | { readonly kind: 'none'; readonly reason: string }

export function chooseNfs(setting: NfsSetting, means: NfsMeans): NfsChoice {
  if (typeof setting === 'object') return { kind: 'external', source: setting.export }
  if (setting !== 'ganesha' && means.kernelServer) return { kind: 'kernel' }
  if (setting !== 'kernel' && means.ganesha) return { kind: 'ganesha' }
  return { kind: 'none', reason: missing[setting] }
}

const missing = {
  auto: 'neither the kernel NFS server nor nfs-ganesha is here: apt-get install nfs-ganesha nfs-ganesha-vfs',
  kernel: 'the kernel NFS server is not running: apt-get install nfs-kernel-server',
  ganesha: 'nfs-ganesha is not here: apt-get install nfs-ganesha nfs-ganesha-vfs',
} as const

/** The options of the kernel's export, as one argv for exportfs. */
export function exportfsArgv(client: string, path: string): readonly [string, ...string[]] {
  return ['exportfs', '-i', '-o', 'ro,no_root_squash,no_subtree_check,fsid=0', `${client}:${path}`]
}
