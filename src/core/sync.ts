// Why this file exists: the embedded directory and a foreign one are the same code path; only the address differs.
import { join } from 'node:path'
import type { Settings } from '#config'
import {
  bulkPlaceAt,
  bulkSocket,
  connectorOf,
  type DirectoryEvents,
  DirectorySync,
  embeddedAccess,
  systemClock,
} from '#ldap-sync'

export interface OpenedSync {
  readonly sync: DirectorySync
  readonly readOnly: boolean
}

export function openDirectorySync(
  settings: Settings,
  dataDir: string,
  events: DirectoryEvents,
): OpenedSync {
  const { directory, domain } = settings
  const access =
    directory.kind === 'embedded' ? embeddedAccess({ dataDir, base: directory.base }) : directory
  const bulk = directory.kind === 'embedded' ? { bulk: bulkPlaceAt(bulkSocket(dataDir)) } : {}
  const tls = directory.kind === 'external' ? directory : {}
  const sync = new DirectorySync(
    {
      ...access,
      ...bulk,
      base: directory.base,
      domain,
      copyFile: join(dataDir, 'directory.copy'),
      removals: directory.removals,
    },
    { clock: systemClock, connect: connectorOf(systemClock, tls), random: Math.random },
    events,
  )
  return { sync, readOnly: access.bindDn === undefined }
}
