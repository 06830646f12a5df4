// Why this file exists: an LDAP server in memory, with content synchronisation (RFC 4533) and with faults that are
// switches, for tests that want a directory, or a bad one. It is reached in memory or by a socket.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { ldapLimits } from '#asn1'
import type { Connect, Connection } from '#ldap-sync'
import { cannotConnect } from '../../src/ldap-sync/client/fault.ts'
import { Framer } from '../../src/ldap-sync/client/framer.ts'
import { dnKey } from '../../src/ldap-sync/dn.ts'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import type { Control, LdapMessage, Operation } from '../../src/ldap-sync/message/message.ts'
import { readSyncRequest, syncOids } from '../../src/ldap-sync/sync/sync-control.ts'
import { entryOf, matches, policyControl, result, stateControl, type Stored } from './answers.ts'
import { Entries, isBelow, type Told } from './entries.ts'
import type { Faults } from './faults.ts'
import { nameOf, refresh } from './refresh.ts'

interface Peer {
  readonly send: (message: LdapMessage) => void
  readonly raw: (bytes: Uint8Array) => void
  readonly cut: () => void
  readonly isOpen: () => boolean
  /** It reset the password of this one, who may do nothing before it is changed. */
  mustChange?: boolean
  following?: { readonly id: number; readonly base: string }
}

export interface LdapServerOptions {
  readonly base: string
  readonly bindDn: string
  readonly secret: string
  /** How many deletions it remembers; without any, a resume names what is still there. */
  readonly sessionLog: number
  /** Bytes per delivery: 1 cuts every message at every place. */
  readonly pieceBytes?: number
}

type Request<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>
type Answer = (operation: Operation, controls?: readonly Control[]) => void

export class LdapServer {
  faults: Faults = {}
  /** Connections that were asked for. */
  attempts = 0
  readonly entries: Entries
  readonly #options: LdapServerOptions
  readonly #peers = new Set<Peer>()

  constructor(options: LdapServerOptions) {
    this.#options = options
    const tell = (how: Told, entry: Stored): void => this.#publish(how, entry)
    this.entries = new Entries({ base: options.base, logMax: options.sessionLog, tell })
  }

  readonly connect: Connect = (url) => {
    this.attempts += 1
    if (this.faults.refusesConnections === true) {
      return Promise.reject(cannotConnect(url.text, 'connection refused'))
    }
    return Promise.resolve(this.#acceptInMemory(url.text))
  }

  /** On a free port of loopback, for processes of their own. */
  async listen(): Promise<{ readonly url: string; readonly close: () => void }> {
    const listener = createServer((socket) => this.#acceptSocket(socket)).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const address = listener.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return { url: `ldap://127.0.0.1:${port}`, close: () => void listener.close() }
  }

  /** Every connection breaks. Resolves when the other ends have noticed. */
  cutAll(): Promise<void> {
    for (const peer of this.#peers) peer.cut()
    return new Promise((resolve) => void setImmediate(resolve))
  }

  #acceptSocket(socket: Socket): void {
    this.attempts += 1
    if (this.faults.refusesConnections === true) return void socket.destroy()
    const peer = this.#peer({
      raw: (bytes) => void socket.write(bytes),
      cut: () => socket.destroySoon(),
      isOpen: () => !socket.destroyed,
    })
    const take = this.#reader(peer)
    socket.on('data', (bytes: Uint8Array) => take(bytes))
    socket.on('error', () => undefined)
    socket.once('close', () => this.#peers.delete(peer))
  }

  #acceptInMemory(peerName: string): Connection {
    let take: (bytes: Uint8Array) => void = () => undefined
    let tell: (reason: string) => void = () => undefined
    let open = true
    const piece = this.#options.pieceBytes ?? 65_536
    let sent: Uint8Array[] = []
    // Like a socket: what was sent in one turn arrives together.
    const deliver = (): void => {
      const bytes = Buffer.concat(sent)
      sent = []
      for (let at = 0; at < bytes.length && open; at += piece) take(bytes.subarray(at, at + piece))
    }
    const peer = this.#peer({
      raw: (bytes) => {
        if (sent.length === 0) setImmediate(deliver)
        sent.push(bytes)
      },
      cut: () => {
        this.#peers.delete(peer)
        // After what was sent before.
        setImmediate(() => {
          if (open) tell('the peer closed the connection')
          open = false
        })
      },
      isOpen: () => open,
    })
    const read = this.#reader(peer)
    return {
      private: true,
      peer: peerName,
      write: (bytes) => read(bytes),
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

  #peer(ends: Pick<Peer, 'raw' | 'cut' | 'isOpen'>): Peer {
    const peer: Peer = { ...ends, send: (message) => ends.raw(encodeMessage(message)) }
    this.#peers.add(peer)
    return peer
  }

  #reader(peer: Peer): (bytes: Uint8Array) => void {
    const framer = new Framer(ldapLimits)
    return (bytes) => {
      const refusal = framer.push(bytes, (message) => {
        const read = decodeMessage(message)
        if (read.ok) this.#serve(peer, read.value)
        else peer.cut()
      })
      if (refusal) peer.cut()
    }
  }

  #serve(peer: Peer, { id, operation, controls }: LdapMessage): void {
    if (this.faults.mute === true) return undefined
    const answer: Answer = (next, more = []) => peer.send({ id, operation: next, controls: more })
    const { entries } = this
    switch (operation.kind) {
      case 'bindRequest':
        return this.#signIn(peer, operation, answer)
      case 'searchRequest': {
        if (peer.mustChange === true) return answer({ kind: 'searchDone', result: result(50) })
        const control = controls.find(({ oid }) => oid === syncOids.request)
        if (control) return this.#follow(peer, { id, operation, control })
        return this.#search(operation, answer)
      }
      case 'addRequest':
        return answer({ kind: 'addResponse', result: result(entries.add(operation)) })
      case 'modifyRequest':
        return answer({ kind: 'modifyResponse', result: result(entries.modify(operation)) })
      case 'deleteRequest':
        return answer({ kind: 'deleteResponse', result: result(entries.delete(operation.dn)) })
      case 'renameRequest':
        return answer({ kind: 'renameResponse', result: result(entries.rename(operation)) })
      case 'unbindRequest':
        this.#peers.delete(peer)
        return undefined
      default:
        return undefined
    }
  }

  #signIn(peer: Peer, { authentication, dn }: Request<'bindRequest'>, answer: Answer): void {
    const given =
      authentication.kind === 'simple' ? Buffer.from(authentication.password).toString() : ''
    const isKnown = dn === this.#options.bindDn && given === this.#options.secret
    const { signIn } = this.faults
    peer.mustChange = signIn === 'mustChange'
    const code = !isKnown || signIn === 'wrong' || signIn === 'expired' ? 49 : 0
    const policy = new Map([['expired', 0] as const, ['mustChange', 2] as const])
    const error = signIn === undefined || signIn === 'wrong' ? undefined : policy.get(signIn)
    const controls = error === undefined ? [] : [policyControl(error)]
    answer({ kind: 'bindResponse', result: result(code) }, controls)
  }

  #search({ search }: Request<'searchRequest'>, answer: Answer): void {
    if (search.base === '') {
      answer({ kind: 'searchEntry', dn: '', attributes: [] })
      return answer({ kind: 'searchDone', result: result(0) })
    }
    const key = dnKey(search.base)
    const found = this.entries
      .below(search.base)
      .filter((entry) => search.scope !== 'base' || entry.key === key)
    for (const entry of found) if (matches(entry, search.filter)) answer(entryOf(entry))
    return answer({ kind: 'searchDone', result: result(found.length > 0 ? 0 : 32) })
  }

  #follow(
    peer: Peer,
    of: {
      readonly id: number
      readonly operation: Request<'searchRequest'>
      readonly control: Control
    },
  ): void {
    const read = readSyncRequest(of.control.value ?? new Uint8Array())
    if (!read.ok) return peer.cut()
    const { search } = of.operation
    const goesOn = refresh({ search, request: read.value }, this.entries, this.faults, {
      answer: (operation, controls = []) => peer.send({ id: of.id, operation, controls }),
      raw: peer.raw,
      cut: peer.cut,
      later: (run) => void setImmediate(() => peer.isOpen() && run()),
    })
    if (goesOn) peer.following = { id: of.id, base: search.base }
    return undefined
  }

  #publish(how: Told, entry: Stored): void {
    const cookie = this.faults.losesCookies === true ? undefined : nameOf(this.entries)
    for (const peer of this.#peers) {
      const { following } = peer
      if (!following || !isBelow(entry.key, dnKey(following.base))) continue
      const shown = how === 'delete' ? { ...entry, attributes: new Map() } : entry
      const controls = [stateControl(how, entry.uuid, cookie)]
      peer.send({ id: following.id, operation: entryOf(shown), controls })
    }
  }
}
