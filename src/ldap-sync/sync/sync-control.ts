// Why this file exists: RFC 4533 hides its words in controls and intermediate responses; here they are values.
import { Asn1Error, der, ldapLimits, parseAsn1, type Parsed, type Reader, tags } from '#asn1'
import type { Control } from '../message/message.ts'

const arc = '1.3.6.1.4.1.4203.1.9.1'
export const syncOids = {
  request: `${arc}.1`,
  state: `${arc}.2`,
  done: `${arc}.3`,
  info: `${arc}.4`,
} as const

export const syncStates = ['present', 'add', 'modify', 'delete'] as const

/** RFC 4533 2.3: what an entry of the search stands for. */
export interface SyncState {
  readonly state: (typeof syncStates)[number]
  /** Sixteen bytes. */
  readonly uuid: Uint8Array
  readonly cookie?: Uint8Array
}

/** RFC 4533 2.5. */
export type SyncInfo =
  | { readonly kind: 'newCookie'; readonly cookie: Uint8Array }
  | {
      readonly kind: 'refreshDelete' | 'refreshPresent'
      readonly cookie?: Uint8Array
      readonly refreshDone: boolean
    }
  | {
      readonly kind: 'idSet'
      readonly cookie?: Uint8Array
      readonly refreshDeletes: boolean
      readonly uuids: readonly Uint8Array[]
    }

/** RFC 4533 2.4: what the end of a search says. */
export interface SyncDone {
  readonly cookie?: Uint8Array
  /** Absent or FALSE: what was not named as present is gone. */
  readonly refreshDeletes: boolean
}

const syncModes = { refreshOnly: 1, refreshAndPersist: 3 } as const

export interface SyncRequest {
  readonly mode: keyof typeof syncModes
  readonly cookie?: Uint8Array
}

/** RFC 4533 2.2. Critical: a server that cannot follow must say so instead of sending a plain result. */
export function syncRequest({ mode, cookie }: SyncRequest): Control {
  const parts = [der.enumerated(syncModes[mode]), ...(cookie ? [der.octets(cookie)] : [])]
  return { oid: syncOids.request, critical: true, value: der.sequence(parts) }
}

/** What a provider reads from our request. */
export function readSyncRequest(value: Uint8Array): Parsed<SyncRequest> {
  return parseAsn1(value, ldapLimits, (outer) => {
    const reader = outer.enter()
    const number = reader.count(syncModes.refreshAndPersist, tags.enumerated)
    const mode = number === syncModes.refreshOnly ? 'refreshOnly' : 'refreshAndPersist'
    return { mode, ...readCookie(reader) }
  })
}

export function readSyncDone(value: Uint8Array): Parsed<SyncDone> {
  return parseAsn1(value, ldapLimits, (outer) => {
    const reader = outer.enter()
    const cookie = readCookie(reader)
    return { ...cookie, refreshDeletes: reader.sees(tags.boolean) && reader.boolean() }
  })
}

export function readSyncState(value: Uint8Array): Parsed<SyncState> {
  return parseAsn1(value, ldapLimits, (outer) => {
    const reader = outer.enter()
    const state = syncStates[reader.count(3, tags.enumerated)] ?? 'present'
    return { state, uuid: reader.octets(), ...readCookie(reader) }
  })
}

const phaseKinds = new Map<number, 'refreshDelete' | 'refreshPresent'>([
  [1, 'refreshDelete'],
  [2, 'refreshPresent'],
])

export function readSyncInfo(value: Uint8Array): Parsed<SyncInfo> {
  return parseAsn1(value, ldapLimits, (outer) => {
    if (outer.sees(tags.context(0))) {
      return { kind: 'newCookie', cookie: outer.octets(tags.context(0)) }
    }
    const element = outer.element()
    const reader = outer.into(element)
    if (element.tag.number === 3) return readIdSet(reader)
    const kind = phaseKinds.get(element.tag.number)
    if (!kind) throw new Asn1Error({ kind: 'bad-value', what: 'sync information of no known kind' })
    const cookie = readCookie(reader)
    // RFC 4533 2.5: refreshDone is TRUE when it is absent.
    return { kind, ...cookie, refreshDone: !reader.sees(tags.boolean) || reader.boolean() }
  })
}

function readIdSet(reader: Reader): SyncInfo {
  const cookie = readCookie(reader)
  const refreshDeletes = reader.sees(tags.boolean) && reader.boolean()
  const set = reader.enter(tags.set)
  const uuids: Uint8Array[] = []
  while (!set.atEnd) uuids.push(set.octets())
  return { kind: 'idSet', ...cookie, refreshDeletes, uuids }
}

function readCookie(reader: Reader): { cookie?: Uint8Array } {
  return reader.sees(tags.octetString) ? { cookie: reader.octets() } : {}
}
