// Why this file exists: an LDAP server in memory, with content synchronisation (RFC 4533) and with faults that a
// real one shows only once in a bad year. The consumer and the client are tested against it and against slapd alike.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { der, ldapLimits, tags } from '#asn1'
import type { Connect, Connection } from '#ldap-sync'
import { cannotConnect } from '../../src/ldap-sync/client/fault.ts'
import { Framer } from '../../src/ldap-sync/client/framer.ts'
import { dnKey, parseDn } from '../../src/ldap-sync/dn.ts'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import type {
  Control,
  LdapMessage,
  Operation,
  SearchRequest,
} from '../../src/ldap-sync/message/message.ts'
import { ancestorKeys } from '../../src/ldap-sync/raw-entry.ts'
import {
  readSyncRequest,
  syncOids,
  type syncStates,
} from '../../src/ldap-sync/sync/sync-control.ts'
import {
  applyChange,
  entryOf,
  idSet,
  info,
  matches,
  result,
  stateControl,
  type Stored,
  texts,
} from './fake-answers.ts'

/** What may be wrong with it; set at any time. */
export interface Faults {
  /** The connection breaks after so many entries of a refresh. */
  cutAfterEntries?: number
  /** It stops talking after so many. */
  silentAfterEntries?: number
  /** It ends the search with sizeLimitExceeded after so many (HOSTILE 30). */
  sizeLimitAfterEntries?: number
  /** A refresh ends without a single entry, as if the tree were empty (HOSTILE 39). */
  deliversNothing?: boolean
  /** It answers a cookie with syncRefreshRequired. */
  forgetsCookies?: boolean
  /** It sends bytes that are no LDAP instead of the refresh. */
  garbage?: Uint8Array
  refusesConnections?: boolean
  /** It takes every question and answers none. */
  mute?: boolean
}

interface Peer {
  readonly send: (message: LdapMessage) => void
  readonly raw: (bytes: Uint8Array) => void
  readonly cut: () => void
  following?: { readonly id: number; readonly base: string }
}

export interface FakeOptions {
  readonly base: string
  readonly bindDn: string
  readonly secret: string
  /** Without one a resume names what is still there instead of what is gone. */
  readonly sessionLog: boolean
  /** Bytes per delivery: 1 cuts every message at every place. */
  readonly pieceBytes?: number
}

export class FakeProvider {
  readonly faults: Faults = {}
  attempts = 0
  readonly #options: FakeOptions
  readonly #entries = new Map<string, Stored>()
  readonly #deleted: { uuid: string; csn: number }[] = []
  readonly #peers = new Set<Peer>()
  #csn = 1

  constructor(options: FakeOptions) {
    this.#options = options
    this.#insert(options.base, [['objectClass', ['organization']]])
  }

  readonly connect: Connect = (url) => {
    this.attempts += 1
    if (this.faults.refusesConnections === true) return Promise.reject(refusal(url.text))
    return Promise.resolve(this.#accept(url.text))
  }

  /** Resolves when the other ends have noticed. */
  cutAll(): Promise<void> {
    for (const peer of this.#peers) peer.cut()
    return new Promise((resolve) => void setImmediate(resolve))
  }

  #accept(peerName: string): Connection {
    let take: (bytes: Uint8Array) => void = () => undefined
    let tell: (reason: string) => void = () => undefined
    let open = true
    const framer = new Framer(ldapLimits)
    const piece = this.#options.pieceBytes ?? 65_536
    const raw = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length; at += piece) {
        const part = bytes.slice(at, at + piece)
        setImmediate(() => open && take(part))
      }
    }
    const peer: Peer = {
      raw,
      send: (message) => raw(encodeMessage(message)),
      cut: () => {
        this.#peers.delete(peer)
        // After what was sent before.
        setImmediate(() => {
          if (open) tell('the peer closed the connection')
          open = false
        })
      },
    }
    this.#peers.add(peer)
    return {
      private: true,
      peer: peerName,
      write: (bytes) => {
        framer.push(bytes, (message) => {
          const read = decodeMessage(message)
          assert.ok(read.ok)
          this.#serve(peer, read.value)
        })
      },
      close: () => {
        open = false
        this.#peers.delete(peer)
      },
      onBytes: (next) => {
        take = next
      },
      onClosed: (next) => {
        tell = next
      },
    }
  }

  #serve(peer: Peer, { id, operation, controls }: LdapMessage): void {
    if (this.faults.mute === true) return undefined
    const answer = (next: Operation, more: readonly Control[] = []): void =>
      peer.send({ id, operation: next, controls: more })
    switch (operation.kind) {
      case 'bindRequest': {
        const { authentication, dn } = operation
        const given =
          authentication.kind === 'simple' ? Buffer.from(authentication.password).toString() : ''
        const known = dn === this.#options.bindDn && given === this.#options.secret
        return answer({ kind: 'bindResponse', result: result(known ? 0 : 49) })
      }
      case 'searchRequest': {
        const control = controls.find(({ oid }) => oid === syncOids.request)
        if (control) return this.#follow(peer, id, operation.search, control)
        return this.#search(operation.search, answer)
      }
      case 'addRequest':
        return answer({ kind: 'addResponse', result: result(this.#add(operation)) })
      case 'modifyRequest':
        return answer({ kind: 'modifyResponse', result: result(this.#modify(operation)) })
      case 'deleteRequest':
        return answer({ kind: 'deleteResponse', result: result(this.#delete(operation.dn)) })
      case 'renameRequest':
        return answer({ kind: 'renameResponse', result: result(this.#rename(operation)) })
      default:
        return undefined
    }
  }

  #search(search: SearchRequest, answer: (operation: Operation) => void): void {
    if (search.base === '') {
      answer({ kind: 'searchEntry', dn: '', attributes: [] })
      return answer({ kind: 'searchDone', result: result(0) })
    }
    const found = this.#below(search.base).filter(
      (entry) =>
        (search.scope !== 'base' || dnKey(entry.dn) === dnKey(search.base)) &&
        matches(entry, search.filter),
    )
    for (const entry of found) answer(entryOf(entry))
    return answer({ kind: 'searchDone', result: result(found.length > 0 ? 0 : 32) })
  }

  #follow(peer: Peer, id: number, search: SearchRequest, control: Control): void {
    const read = readSyncRequest(control.value ?? new Uint8Array())
    assert.ok(read.ok)
    const { cookie } = read.value
    const since = cookie ? Number(Buffer.from(cookie).toString().replace('csn=', '')) : 0
    const answer = (operation: Operation, controls: readonly Control[] = []): void =>
      peer.send({ id, operation, controls })
    if (this.faults.garbage) return peer.raw(this.faults.garbage)
    if (cookie && this.faults.forgetsCookies === true) {
      return answer({ kind: 'searchDone', result: result(4096) })
    }
    const all = this.faults.deliversNothing === true ? [] : this.#below(search.base)
    const { cutAfterEntries, silentAfterEntries, sizeLimitAfterEntries } = this.faults
    const stopAt = cutAfterEntries ?? silentAfterEntries ?? sizeLimitAfterEntries ?? Infinity
    const changed = all.filter((entry) => entry.csn > since)
    for (const entry of changed.slice(0, stopAt)) {
      answer(entryOf(entry), [stateControl('add', entry.uuid)])
    }
    if (changed.length >= stopAt) {
      if (cutAfterEntries !== undefined) peer.cut()
      if (sizeLimitAfterEntries !== undefined) {
        answer({ kind: 'searchDone', result: result(4) })
      }
      return undefined
    }
    this.#endRefresh(answer, { all, since, resumed: cookie !== undefined })
    peer.following = { id, base: search.base }
    return undefined
  }

  #endRefresh(
    answer: (operation: Operation) => void,
    { all, since, resumed }: { all: Stored[]; since: number; resumed: boolean },
  ): void {
    const now = der.text(`csn=${this.#csn}`)
    if (resumed && this.#options.sessionLog) {
      const gone = this.#deleted.filter((each) => each.csn > since).map((each) => each.uuid)
      if (gone.length > 0) answer(idSet(gone, { deletes: true }))
      return answer(info(der.sequence([now], tags.contextOf(1))))
    }
    const unchanged = all.filter((entry) => entry.csn <= since).map((entry) => entry.uuid)
    if (unchanged.length > 0) answer(idSet(unchanged, { deletes: false }))
    return answer(info(der.sequence([now], tags.contextOf(2))))
  }

  #publish(state: (typeof syncStates)[number], entry: Stored): void {
    for (const peer of this.#peers) {
      const { following } = peer
      if (!following || !isBelow(dnKey(entry.dn), dnKey(following.base))) continue
      const shown = state === 'delete' ? { ...entry, attributes: new Map() } : entry
      const control = stateControl(state, entry.uuid, `csn=${this.#csn}`)
      peer.send({ id: following.id, operation: entryOf(shown), controls: [control] })
    }
  }

  #insert(dn: string, attributes: readonly (readonly [string, readonly string[]])[]): Stored {
    this.#csn += 1
    const uuid = randomUUID()
    const stored: Stored = { uuid, dn, attributes: new Map(), csn: this.#csn }
    for (const [name, values] of attributes) {
      stored.attributes.set(name.toLowerCase(), { name, values: [...values] })
    }
    this.#entries.set(uuid, stored)
    return stored
  }

  #add(operation: Extract<Operation, { kind: 'addRequest' }>): number {
    if (this.#at(operation.dn)) return 68
    const parent = (parseDn(operation.dn) ?? []).slice(1).map(({ text }) => text)
    if (!this.#at(parent.join(','))) return 32
    const pairs = operation.attributes.map(({ name, values }) => [name, texts(values)] as const)
    this.#publish('add', this.#insert(operation.dn, pairs))
    return 0
  }

  #modify(operation: Extract<Operation, { kind: 'modifyRequest' }>): number {
    const entry = this.#at(operation.dn)
    if (!entry) return 32
    const attributes = new Map(
      [...entry.attributes].map(([key, { name, values }]) => [key, { name, values: [...values] }]),
    )
    for (const change of operation.changes) {
      const code = applyChange(attributes, change)
      if (code !== 0) return code
    }
    entry.attributes = attributes
    this.#touch(entry)
    this.#publish('modify', entry)
    return 0
  }

  #delete(dn: string): number {
    const entry = this.#at(dn)
    if (!entry) return 32
    if (this.#below(dn).length > 1) return 66
    this.#entries.delete(entry.uuid)
    this.#touch(entry)
    this.#deleted.push({ uuid: entry.uuid, csn: this.#csn })
    this.#publish('delete', entry)
    return 0
  }

  /** Like slapd: the entry is told, what stands below it is not. */
  #rename(operation: Extract<Operation, { kind: 'renameRequest' }>): number {
    const entry = this.#at(operation.dn)
    if (!entry) return 32
    const [, ...above] = parseDn(operation.dn) ?? []
    const parent = operation.newParent ?? above.map(({ text }) => text).join(',')
    const to = `${operation.newRdn},${parent}`
    for (const each of this.#below(operation.dn)) {
      const levels = (parseDn(each.dn) ?? []).length - above.length - 1
      const own = (parseDn(each.dn) ?? []).slice(0, levels).map(({ text }) => text)
      each.dn = [...own, to].join(',')
    }
    const [type = '', value = ''] = operation.newRdn.split('=')
    const naming = entry.attributes.get(type.toLowerCase())
    if (naming) naming.values = [value, ...naming.values.slice(1)]
    this.#touch(entry)
    this.#publish('modify', entry)
    return 0
  }

  #touch(entry: Stored): void {
    this.#csn += 1
    entry.csn = this.#csn
  }

  #at(dn: string): Stored | undefined {
    return [...this.#entries.values()].find((entry) => dnKey(entry.dn) === dnKey(dn))
  }

  #below(base: string): Stored[] {
    const key = dnKey(base)
    return [...this.#entries.values()].filter((entry) => isBelow(dnKey(entry.dn), key))
  }
}

function isBelow(key: string, base: string): boolean {
  return key === base || [...ancestorKeys(key)].includes(base)
}

function refusal(peer: string): Error {
  return cannotConnect(peer, 'connection refused')
}
