// Why this file exists: keeper and core must agree on who serves the images, and hosts on what to mount.
import { existsSync } from 'node:fs'
import type { Settings } from '#config'
import { chooseNfs, type NfsChoice, pseudoPath } from '#nfs'
import { addressOf } from './interface-address.ts'

export function nfsChoice(settings: Settings): NfsChoice {
  return chooseNfs(settings.images.nfs, {
    kernelServer: existsSync('/proc/fs/nfsd/exports') && existsSync('/usr/sbin/exportfs'),
    ganesha: existsSync('/usr/bin/ganesha.nfsd'),
  })
}

/** `address:/path`; `undefined` when nothing is exported. */
export function nfsSourceOf(settings: Settings): string | undefined {
  const choice = nfsChoice(settings)
  switch (choice.kind) {
    case 'external':
      return choice.source
    case 'ganesha':
      return `${addressOf(settings.interfaces[0] ?? '')}:${pseudoPath}`
    case 'kernel':
      // Its one export has fsid=0: the root of what clients see.
      return `${addressOf(settings.interfaces[0] ?? '')}:/`
    case 'none':
      return undefined
  }
}
