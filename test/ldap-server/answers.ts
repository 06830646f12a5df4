// Why this file exists: what the LDAP server in memory says and does with one entry, apart from its state.
import { der, tags } from '#asn1'
import type { Filter } from '../../src/ldap-sync/message/filter.ts'
import type { Change, Control, Operation } from '../../src/ldap-sync/message/message.ts'
import { syncOids, syncStates } from '../../src/ldap-sync/sync/sync-control.ts'

export interface Stored {
  readonly uuid: string
  dn: string
  key: string
  attributes: Map<string, { name: string; values: string[] }>
  csn: number
}

export function applyChange(
  attributes: Map<string, { name: string; values: string[] }>,
  { kind, attribute }: Change,
): number {
  const key = attribute.name.toLowerCase()
  const wanted = texts(attribute.values)
  const before = attributes.get(key)?.values ?? []
  const has = (value: string): boolean =>
    before.some((each) => each.toLowerCase() === value.toLowerCase())
  if (kind === 'add' && wanted.some(has)) return 20
  if (kind === 'delete' && !wanted.every(has)) return 16
  const dropped = new Set(wanted.map((value) => value.toLowerCase()))
  const values =
    kind === 'replace'
      ? wanted
      : kind === 'add'
        ? [...before, ...wanted]
        : before.filter((value) => wanted.length > 0 && !dropped.has(value.toLowerCase()))
  if (values.length === 0) attributes.delete(key)
  else attributes.set(key, { name: attribute.name, values })
  return 0
}

export function matches(entry: Stored, filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((each) => matches(entry, each))
    case 'or':
      return filter.filters.some((each) => matches(entry, each))
    case 'not':
      return !matches(entry, filter.filter)
    case 'present':
      return entry.attributes.has(filter.attribute.toLowerCase())
    case 'equal': {
      const wanted = Buffer.from(filter.value).toString().toLowerCase()
      const values = entry.attributes.get(filter.attribute.toLowerCase())?.values ?? []
      return values.some((value) => value.toLowerCase() === wanted)
    }
    default:
      return false
  }
}

export function entryOf(entry: Stored): Operation {
  const attributes = [...entry.attributes.values()].map(({ name, values }) => ({
    name,
    values: values.map((value) => Buffer.from(value)),
  }))
  return { kind: 'searchEntry', dn: entry.dn, attributes }
}

export function stateControl(
  state: (typeof syncStates)[number],
  uuid: string,
  cookie?: string,
): Control {
  const parts = [der.enumerated(syncStates.indexOf(state)), der.octets(bytesOf(uuid))]
  if (cookie !== undefined) parts.push(der.text(cookie))
  return { oid: syncOids.state, critical: false, value: der.sequence(parts) }
}

/** What a password policy says to a bind, by the control's own numbers. */
export function policyControl(error: number): Control {
  const value = der.sequence([der.integer(error, tags.context(1))])
  return { oid: '1.3.6.1.4.1.42.2.27.8.5.1', critical: false, value }
}

export function doneControl(cookie: string): Control {
  return { oid: syncOids.done, critical: false, value: der.sequence([der.text(cookie)]) }
}

export function info(value: Uint8Array): Operation {
  return { kind: 'intermediate', name: syncOids.info, value }
}

export function idSet(uuids: readonly string[], { deletes }: { deletes: boolean }): Operation {
  const set = der.sequence(
    uuids.map((uuid) => der.octets(bytesOf(uuid))),
    tags.set,
  )
  return info(der.sequence([...(deletes ? [der.boolean(true)] : []), set], tags.contextOf(3)))
}

function bytesOf(uuid: string): Uint8Array {
  return Uint8Array.fromHex(uuid.replaceAll('-', ''))
}

export function texts(values: readonly Uint8Array[]): string[] {
  return values.map((value) => Buffer.from(value).toString())
}

export function result(code: number) {
  return { code, matchedDn: '', message: '', referrals: [] }
}
