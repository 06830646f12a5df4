// Why this file exists: keeper and core must agree on who serves the images, and hosts on what to mount.
import { existsSync } from 'node:fs'
import type { Settings } from '#config'
import { chooseNfs, type NfsChoice, pseudoPath } from '#nfs'
import { firstAddress } from './ganesha.ts'

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
      return `${firstAddress(settings.interfaces)}:${pseudoPath}`
    case 'kernel':
      // Its one export has fsid=0: the root of what clients see.
      return `${firstAddress(settings.interfaces)}:/`
    case 'none':
      return undefined
  }
}
