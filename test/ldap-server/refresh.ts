// Why this file exists: how the LDAP server in memory answers RFC 4533's request: the entries, what is left or gone, the
// end of the refresh; and all that may go wrong on the way.
import { der, tags } from '#asn1'
import type { Control, Operation, SearchRequest } from '../../src/ldap-sync/message/message.ts'
import type { SyncRequest } from '../../src/ldap-sync/sync/sync-control.ts'
import { doneControl, entryOf, idSet, info, result, stateControl, type Stored } from './answers.ts'
import type { Entries } from './entries.ts'
import type { Faults } from './faults.ts'

export interface Asked {
  readonly search: SearchRequest
  readonly request: SyncRequest
}

export interface RefreshEnds {
  readonly answer: (operation: Operation, controls?: readonly Control[]) => void
  readonly raw: (bytes: Uint8Array) => void
  readonly cut: () => void
  /** Runs when what was sent has gone out; never, once the connection is closed. */
  readonly later: (run: () => void) => void
}

const noSuchObject = 32
const sameUuid = '00000000-0000-4000-8000-000000000001'
const endlessPerTurn = 1_000

/** True when the search goes on, and changes may be told. */
export function refresh(
  asked: Asked,
  entries: Entries,
  faults: Faults,
  ends: RefreshEnds,
): boolean {
  const { answer } = ends
  const { cookie, mode } = asked.request
  const end = (code: number, referrals: readonly string[] = []): false => {
    answer({ kind: 'searchDone', result: { ...result(code), referrals } })
    return false
  }
  if (faults.garbage) {
    ends.raw(faults.garbage)
    return false
  }
  if (cookie && faults.refusesCookies !== undefined) return end(faults.refusesCookies)
  if (!entries.at(asked.search.base)) return end(noSuchObject)
  if (faults.endless === true) {
    tellEndlessly(ends)
    return false
  }
  const since = cookie ? csnOf(cookie) : 0
  // Like slapd: a cookie from a future that this server never saw.
  if (since > entries.csn) return end(53)
  const scene = { all: entries.below(asked.search.base), since, entries, faults }
  const { told, isCut } = tellEntries(scene, ends)
  if (isCut) {
    if (faults.cutAfterEntries !== undefined) ends.cut()
    const { endsAfterEntries } = faults
    if (endsAfterEntries) end(endsAfterEntries.code, endsAfterEntries.referrals)
    return false
  }
  if (mode === 'refreshOnly' || faults.doesNotPersist !== undefined) {
    if (cookie) tellUnchanged(scene, told, answer)
    const controls = faults.doesNotPersist === 'without-done' ? [] : [doneControl(nameOf(entries))]
    answer({ kind: 'searchDone', result: result(0) }, controls)
    return false
  }
  endRefresh(scene, told, { answer, resumed: cookie !== undefined })
  return true
}

export function nameOf({ csn }: Entries): string {
  return `csn=${csn}`
}

function csnOf(cookie: Uint8Array): number {
  return Number(Buffer.from(cookie).toString().replace('csn=', ''))
}

interface RefreshScene {
  readonly all: readonly Stored[]
  readonly since: number
  readonly entries: Entries
  readonly faults: Faults
}

function tellEntries(
  { all, since, faults }: RefreshScene,
  { answer }: RefreshEnds,
): { readonly told: ReadonlySet<Stored>; readonly isCut: boolean } {
  const { cutAfterEntries, silentAfterEntries, endsAfterEntries, deliversOnly } = faults
  const stopAt = cutAfterEntries ?? silentAfterEntries ?? endsAfterEntries?.entries ?? Infinity
  const changed = all.slice(0, deliversOnly).filter((entry) => entry.csn > since)
  const told = changed.slice(0, stopAt)
  for (const entry of told) {
    const uuid = faults.uuids === 'same' ? sameUuid : entry.uuid
    const control = stateControl('add', faults.uuids === 'short' ? uuid.slice(2) : uuid)
    answer(entryOf(entry), faults.uuids === 'none' ? [] : [control])
  }
  return { told: new Set(told), isCut: changed.length >= stopAt }
}

function endRefresh(
  scene: RefreshScene,
  told: ReadonlySet<Stored>,
  { answer, resumed }: Pick<RefreshEnds, 'answer'> & { readonly resumed: boolean },
): void {
  const { entries, faults, since } = scene
  const cookie = faults.losesCookies === true ? [] : [der.text(nameOf(entries))]
  const gone = resumed && faults.namesOnly === undefined ? entries.deletedSince(since) : undefined
  if (gone !== undefined) {
    if (gone.length > 0) answer(idSet(gone, { deletes: true }))
    return answer(info(der.sequence(cookie, tags.contextOf(1))))
  }
  tellUnchanged(scene, told, answer)
  return answer(info(der.sequence(cookie, tags.contextOf(2))))
}

function tellUnchanged(
  { all, faults }: RefreshScene,
  told: ReadonlySet<Stored>,
  answer: RefreshEnds['answer'],
): void {
  const unchanged = all.slice(0, faults.deliversOnly).filter((entry) => !told.has(entry))
  const named = unchanged.slice(0, faults.namesOnly).map((entry) => entry.uuid)
  if (named.length > 0) answer(idSet(named, { deletes: false }))
}

function tellEndlessly({ answer, later }: RefreshEnds): void {
  let number = 0
  const turn = (): void => {
    for (let count = 0; count < endlessPerTurn; count += 1) {
      number += 1
      const uuid = number.toString(16).padStart(32, '0')
      const operation = { kind: 'searchEntry', dn: `cn=e${number}`, attributes: [] } as const
      answer(operation, [stateControl('add', uuid)])
    }
    later(turn)
  }
  turn()
}
