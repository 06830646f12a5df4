// Why this file exists: how far each node came and when, of the last time that it was brought up; and the line of its life
// that people watch.
import { type DnsName, type Label, parseLabel, type Vcn } from '#directory'
import type { Sighting } from '#feed'
import { type ClusterRef, type LifeEvent, type LifeState, liveThrough, lifeWord } from '#vocluster'
import type { VcnMarks, VcnPhase } from './engine.ts'
import { keyOf } from './ledger.ts'
import type { EngineParts } from './parts.ts'
import { readLifeState, readPhase, readRef } from './stored-forms.ts'

type ChronicleParts = Pick<EngineParts, 'store' | 'now' | 'tell'>

export interface VcnRef extends ClusterRef {
  readonly vcn: Label
}

interface Page extends VcnRef {
  readonly state: LifeState
  readonly host: string
  readonly marks: ReadonlyMap<VcnPhase, number>
  /** Its start was begun: from now on it may be seen. */
  readonly startingAt?: number
}

export class Chronicle {
  readonly #parts: ChronicleParts
  readonly #pages = new Map<string, Page>()

  constructor(parts: ChronicleParts) {
    this.#parts = parts
    const { vcnLives, vcnMarks } = parts.store
    for (const row of vcnLives.all()) this.#put({ ...pageOf(row), state: readLifeState(row) })
    for (const row of vcnMarks.all()) {
      const phase = readPhase(row.phase)
      const page = this.#page(pageOf(row))
      if (phase !== undefined)
        this.#put({ ...page, host: row.host, marks: new Map([...page.marks, [phase, row.at]]) })
    }
  }

  life(vcn: VcnRef): LifeState | undefined {
    return this.#pages.get(pageKey(vcn))?.state
  }

  /** A new bring-up, in place of what was known of the last. */
  begin(vcn: VcnRef, host: DnsName): void {
    const { store } = this.#parts
    store.vcnMarks.forget(vcn.vo, vcn.cluster, vcn.vcn)
    this.#put({ ...vcn, state: 'pending', host, marks: new Map() })
    this.mark(vcn, 'reserved')
    this.live(vcn, ['reserved'])
  }

  /** It goes on after a cut: on the same host, and without an answer yet. */
  isOnItsWay(vcn: VcnRef, host: DnsName): boolean {
    const page = this.#pages.get(pageKey(vcn))
    return page?.host === host && !page.marks.has('reachable') && page.marks.has('reserved')
  }

  /** Nothing of a bring-up that has come to its end is written over. */
  mark(vcn: VcnRef, phase: VcnPhase, at = this.#parts.now()): void {
    const page = this.#pages.get(pageKey(vcn))
    if (page === undefined || page.marks.has('reachable')) return
    const { vo, cluster } = vcn
    const { host } = page
    this.#parts.store.vcnMarks.put({ vo, cluster, vcn: vcn.vcn, host, phase, at })
    this.#put({ ...page, marks: new Map([...page.marks, [phase, at]]) })
  }

  starting(vcn: VcnRef): void {
    const page = this.#pages.get(pageKey(vcn))
    if (page !== undefined) this.#put({ ...page, startingAt: this.#parts.now() })
    this.live(vcn, ['prepared'])
  }

  /** Events that cannot follow, or are known already, change nothing. */
  live(vcn: VcnRef, events: readonly LifeEvent[]): void {
    const page = this.#pages.get(pageKey(vcn))
    if (page === undefined) return
    const state = liveThrough(page.state, events)
    if (page.state === state) return
    const { vo, cluster } = vcn
    this.#parts.store.vcnLives.put({ vo, cluster, vcn: vcn.vcn, state })
    this.#put({ ...page, state })
    this.#parts.tell('vcn', `${vcn.vcn}.${cluster}.${vo}`, lifeWord(state))
  }

  /** The first of each since it was defined; one may come before libvirt has answered the start. */
  sighted({ vo, cluster, name }: Vcn, sighting: Sighting): void {
    const vcn = parseLabel(name.split('.')[0] ?? '')
    const page = vcn && this.#pages.get(pageKey({ vo, cluster, vcn }))
    const phase = phaseSeen(sighting)
    if (page === undefined || phase === undefined || page.marks.has(phase)) return
    const since = page.marks.get('defined') ?? page.startingAt ?? page.marks.get('started')
    if (since !== undefined && sighting.at >= since) this.mark(page, phase, sighting.at)
  }

  timeline(of: ClusterRef): readonly VcnMarks[] {
    return [...this.#pages.values()]
      .filter((page) => keyOf(page) === keyOf(of))
      .map(({ vcn, host, marks }) => ({
        vcn,
        host,
        marks: [...marks].map(([phase, at]) => ({ phase, at })),
      }))
      .filter(({ marks }) => marks.length > 0)
      .toSorted((one, other) => one.vcn.localeCompare(other.vcn, 'en', { numeric: true }))
  }

  vcns(of: ClusterRef): readonly Label[] {
    const pages = [...this.#pages.values()].filter((page) => keyOf(page) === keyOf(of))
    return pages.map(({ vcn }) => vcn)
  }

  forget(vcn: VcnRef): void {
    const { vcnLives, vcnMarks } = this.#parts.store
    vcnLives.forget(vcn.vo, vcn.cluster, vcn.vcn)
    vcnMarks.forget(vcn.vo, vcn.cluster, vcn.vcn)
    this.#pages.delete(pageKey(vcn))
  }

  #page(fresh: Page): Page {
    return this.#pages.get(pageKey(fresh)) ?? fresh
  }

  #put(page: Page): void {
    this.#pages.set(pageKey(page), page)
  }
}

function pageKey({ vo, cluster, vcn }: VcnRef): string {
  return `${vo}/${cluster}/${vcn}`
}

function pageOf(row: {
  readonly vo: string
  readonly cluster: string
  readonly vcn: string
}): Page {
  const { vo, cluster } = readRef(row)
  const { cluster: vcn } = readRef({ vo: row.vo, cluster: row.vcn })
  return { vo, cluster, vcn, state: 'pending', host: '', marks: new Map() }
}

function phaseSeen(sighting: Sighting): VcnPhase | undefined {
  if (sighting.kind !== 'dhcp') return undefined
  if (sighting.asked === 'DISCOVER') return 'first-discover'
  return sighting.answered === 'ACK' ? 'lease' : undefined
}
