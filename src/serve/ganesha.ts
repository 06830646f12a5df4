// Why this file exists: nfs-ganesha wants its folders and its configuration before it starts.
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '#config'
import { ganeshaConfig } from '#nfs'
import { addressOf } from './interface-address.ts'

/** The argv that serves `settings.images.store` on the first provisioning address. */
export function prepareGanesha(settings: Settings, dataDir: string): readonly string[] {
  giveMtab()
  const stateDirectory = join(dataDir, 'nfs')
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 })
  mkdirSync(settings.images.store, { recursive: true })
  // Its build has this folder compiled in.
  mkdirSync('/var/run/ganesha', { recursive: true })
  const config = join(stateDirectory, 'ganesha.conf')
  const bindAddress = addressOf(settings.interfaces[0] ?? '')
  writeFileSync(
    config,
    ganeshaConfig({ bindAddress, exportPath: settings.images.store, stateDirectory }),
  )
  const log = ganeshaLog(dataDir)
  rmSync(log, { force: true })
  return ['ganesha.nfsd', '-F', '-f', config, '-L', log, '-p', join(dataDir, 'run', 'ganesha.lock')]
}

/** It finds file systems by /etc/mtab, which small images of Debian lack; everywhere else it is this link. */
function giveMtab(): void {
  if (lstatSync('/etc/mtab', { throwIfNoEntry: false }) === undefined) {
    symlinkSync('../proc/self/mounts', '/etc/mtab')
  }
}

function ganeshaLog(dataDir: string): string {
  return join(dataDir, 'nfs', 'ganesha.log')
}

/** It listens even when it could not export anything; only its log says so. */
export function ganeshaState(
  dataDir: string,
): 'starting' | 'exporting' | { readonly trouble: string } {
  const text = logText(ganeshaLog(dataDir))
  const trouble = /:CRIT :(.*(?:create export|resolve_posix_filesystem|setmntent).*)/.exec(
    text,
  )?.[1]
  if (trouble !== undefined) return { trouble }
  return text.includes('NFS SERVER INITIALIZED') ? 'exporting' : 'starting'
}

function logText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // not written yet
  }
}
