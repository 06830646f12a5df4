// Why this file exists: VOs and their clusters: the entries that others stand below.
import { type Cluster, parseLabel, type Vo } from '#directory'
import { firstRdn } from '../dn.ts'
import type { RawEntry } from '../raw-entry.ts'
import { hasClass } from './classes.ts'
import type { Fields } from './fields.ts'
import { shown } from './shown.ts'

export function mapVo(entry: RawEntry, fields: Fields): Vo | undefined {
  const name = fields.label()
  const quota: Record<string, string> = {}
  for (const text of fields.all('coppicequota')) {
    const [, key, value] = /^([a-z][a-z-]{0,30})\s*=\s*(\S{1,40})$/.exec(text.trim()) ?? []
    if (key !== undefined && value !== undefined) quota[key] = value
    else fields.refuse(`coppiceQuota ${shown(text)} is not written as name=value`)
  }
  const members = fields.all('member').map(memberName)
  return name && { kind: 'vo', id: entry.id, dn: fields.dn, name, quota, members }
}

/** The uid in a member's DN, which is what people and tools say; a DN without one stays as it is. */
function memberName(dn: string): string {
  const pairs = firstRdn(dn)?.pairs ?? []
  return pairs.find(({ type }) => type === 'uid')?.value ?? dn
}

export function clusterOf(
  entry: RawEntry,
  parent: RawEntry | undefined,
  fields: Fields,
): Cluster | undefined {
  const name = fields.label()
  const inVo = parent !== undefined && hasClass(parent, 'coppicevo')
  const vo = inVo ? parseLabel(firstRdn(parent.dn)?.pairs[0]?.value ?? '') : undefined
  if (vo === undefined) fields.refuse('it does not stand below a coppiceVo')
  if (name === undefined || vo === undefined) return undefined
  return { kind: 'cluster', id: entry.id, dn: fields.dn, vo, name }
}
