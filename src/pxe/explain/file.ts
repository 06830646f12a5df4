// Why this file exists: a machine that is sent to a file which is not there hangs for minutes; where each file of its boot
// is now (in memory, on the disk, missing) is told together with its name.
import type { Fact } from '#feed'
import { entryScriptPath } from '../dhcp/boot-file.ts'
import { type BootFiles, findAsked, sizeOf } from '../files/boot-files.ts'
import { parseTarget } from '../http/target.ts'

export type Standing =
  | { readonly kind: 'memory' | 'disk'; readonly name: string; readonly bytes: number }
  /** Made when it is asked for. */
  | { readonly kind: 'script'; readonly name: string }
  | { readonly kind: 'missing'; readonly name: string }
  /** On a server that is none of ours. */
  | { readonly kind: 'elsewhere'; readonly name: string }

/** Of a boot file as DHCP names it: a name for TFTP, or the address of a file on the web. */
export function standingOf(name: string, files: BootFiles, servers: readonly string[]): Standing {
  const url = /^https?:\/\/([^/:]+)(\/.*)?$/.exec(name)
  if (url === null) return standingOfKey(name, name, files)
  const [, host = '', rest = '/'] = url
  if (!servers.includes(host)) return { kind: 'elsewhere', name }
  const path = parseTarget(rest)?.path ?? rest
  if (path === entryScriptPath) return { kind: 'script', name }
  return standingOfKey(name, path.replace(/^\/(files\/)?/, ''), files)
}

function standingOfKey(name: string, key: string, files: BootFiles): Standing {
  const asked = findAsked(files, key)
  if (asked.kind !== 'file') return { kind: 'missing', name }
  const { file } = asked
  return { kind: file.kind === 'held' ? 'memory' : 'disk', name, bytes: sizeOf(file) }
}

export function describeStanding(standing: Standing): string {
  switch (standing.kind) {
    case 'memory':
      return `${sizeText(standing.bytes)}, in memory`
    case 'disk':
      return `${sizeText(standing.bytes)}, read from the disk for each who asks, by HTTP only`
    case 'script':
      return 'made when it is asked for'
    case 'missing':
      return 'MISSING: nobody can fetch it from here'
    case 'elsewhere':
      return 'on another server'
  }
}

export function fileFact(role: string, name: string, files: BootFiles): Fact {
  const standing = standingOf(name, files, [])
  return {
    topic: 'file',
    text: `${role} ${name}: ${describeStanding(standing)}`,
    values: { role, ...standingValues(standing) },
  }
}

export function standingValues(standing: Standing): Readonly<Record<string, string>> {
  const { kind, name } = standing
  return {
    file: name,
    standing: kind,
    ...('bytes' in standing && { bytes: String(standing.bytes) }),
  }
}

const kib = 1024

function sizeText(bytes: number): string {
  if (bytes < kib) return `${bytes} bytes`
  if (bytes < kib ** 2) return `${(bytes / kib).toFixed(0)} KiB`
  return `${(bytes / kib ** 2).toFixed(1)} MiB`
}
