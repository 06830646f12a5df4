// Why this file exists: one connection to an LDAP server, with many questions under way and a bound on each.
import { describeRefusal, ldapLimits } from '#asn1'
import { Fault } from '#fault'
import { decodeMessage } from '../message/decode.ts'
import { encodeMessage } from '../message/encode.ts'
import {
  type Attribute,
  type Change,
  type Control,
  type LdapMessage,
  messageIdMax,
  type Operation,
  type Result,
  type SearchRequest,
} from '../message/message.ts'
import type { Clock } from './clock.ts'
import type { Connection } from './connection.ts'
import { badAnswer, connectionLost, LdapRefusal, notPrivate, tooMany, tooSlow } from './fault.ts'
import { Framer } from './framer.ts'
import { passwordPolicyRequest, passwordRefused, passwordTrouble } from './password-policy.ts'

export interface ClientLimits {
  readonly requestsMax: number
  readonly answerMillisMax: number
  readonly entriesMax: number
}

export const clientLimits: ClientLimits = {
  requestsMax: 256,
  answerMillisMax: 15_000,
  entriesMax: 500_000,
}

export interface FoundEntry {
  readonly dn: string
  readonly attributes: readonly Attribute[]
}

/** Who hears a search that goes on for ever. */
export interface Listener {
  /** Every message of it, the last one too. */
  readonly take: (operation: Operation, controls: readonly Control[]) => void
  /** The number that ours have, and each message where it stands. False: it must be decoded, for `take`. */
  readonly takeBytes?: (id: number, bytes: Uint8Array, start: number, end: number) => boolean
  /** What has arrived is read. */
  readonly pause?: () => void
}

interface Request {
  readonly take: (message: LdapMessage) => void
  readonly fail: (fault: Fault) => void
}

export type SearchOptions = Partial<SearchRequest> & Pick<SearchRequest, 'base' | 'filter'>

const searchDefaults = {
  scope: 'sub',
  deref: 0,
  sizeLimit: 0,
  timeLimitSeconds: 0,
  typesOnly: false,
  attributes: [],
} as const

/** Every promise ends: with the answer, with a Fault, or with a Fault at the deadline. */
export class LdapClient {
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #limits: ClientLimits
  readonly #requests = new Map<number, Request>()
  readonly #framer = new Framer(ldapLimits)
  readonly #pauses = new Set<() => void>()
  readonly #takeEach = (message: Uint8Array): void => this.#takeMessage(message)
  readonly #takeAt = (bytes: Uint8Array, start: number, end: number): boolean =>
    this.#isTaken(bytes, start, end)
  #takeBytes: ((bytes: Uint8Array, start: number, end: number) => boolean) | undefined
  #nextId = 1
  #closed: Fault | undefined
  #onClosed: ((fault: Fault) => void) | undefined

  constructor(connection: Connection, clock: Clock, limits: ClientLimits = clientLimits) {
    this.#connection = connection
    this.#clock = clock
    this.#limits = limits
    connection.onBytes((bytes) => this.#receive(bytes))
    connection.onClosed((reason) => this.#end(connectionLost(connection.peer, reason)))
  }

  /** Told once, also when it is closed already. */
  onClosed(tell: (fault: Fault) => void): void {
    if (this.#closed) tell(this.#closed)
    else this.#onClosed = tell
  }

  get isOpen(): boolean {
    return this.#closed === undefined
  }

  /** Simple bind, refused here when strangers could listen. */
  async bind(dn: string, password: string): Promise<void> {
    if (!this.#connection.private) throw notPrivate(this.#connection.peer)
    const authentication = { kind: 'simple', password: Buffer.from(password) } as const
    const request = { kind: 'bindRequest', version: 3, dn, authentication } as const
    const what = 'signing in to the directory failed'
    const answer = await this.#ask(request, { what, controls: [passwordPolicyRequest] })
    const trouble = passwordTrouble(answer.controls)
    if (trouble) throw passwordRefused(trouble, dn, resultOf(answer.operation))
    this.#check(answer, 'the directory did not let us in', dn)
  }

  async search(options: SearchOptions, controls: readonly Control[] = []): Promise<FoundEntry[]> {
    const search = { ...searchDefaults, ...options }
    const found: FoundEntry[] = []
    const collect = ({ operation }: LdapMessage): void => {
      if (operation.kind !== 'searchEntry') return
      if (found.length >= this.#limits.entriesMax) {
        throw tooMany(`more than ${this.#limits.entriesMax} entries`, this.#connection.peer)
      }
      // The framer's buffer is written over after this call.
      const attributes = operation.attributes.map(copyAttribute)
      found.push({ dn: operation.dn, attributes })
    }
    const asking = { what: 'searching the directory failed', controls, collect }
    const answer = await this.#ask({ kind: 'searchRequest', search }, asking)
    // HOSTILE 30: a size limit gives a part; a part is never taken for the whole.
    this.#check(answer, 'the directory did not answer a search in full', search.base)
    return found
  }

  async add(dn: string, attributes: readonly Attribute[]): Promise<void> {
    const answer = await this.#ask({ kind: 'addRequest', dn, attributes }, adding)
    this.#check(answer, 'the directory did not take a new entry', dn)
  }

  async modify(
    dn: string,
    changes: readonly Change[],
    controls: readonly Control[] = [],
  ): Promise<void> {
    const answer = await this.#ask(
      { kind: 'modifyRequest', dn, changes },
      { ...modifying, controls },
    )
    this.#check(answer, 'the directory did not take a change', dn)
  }

  async delete(dn: string): Promise<void> {
    const answer = await this.#ask({ kind: 'deleteRequest', dn }, deleting)
    this.#check(answer, 'the directory did not remove an entry', dn)
  }

  async rename(dn: string, newRdn: string, newParent?: string): Promise<void> {
    const parent = newParent === undefined ? {} : { newParent }
    const request = { kind: 'renameRequest', dn, newRdn, deleteOldRdn: true, ...parent } as const
    const answer = await this.#ask(request, renaming)
    this.#check(answer, 'the directory did not rename an entry', dn)
  }

  /** A search that goes on for ever. Its end by loss of the connection is told by `onClosed`. */
  follow(search: SearchOptions, controls: readonly Control[], listener: Listener): void {
    const operation = { kind: 'searchRequest', search: { ...searchDefaults, ...search } } as const
    const { takeBytes, pause } = listener
    if (pause) this.#pauses.add(pause)
    const id = this.#send(operation, controls, {
      take: (message) => listener.take(message.operation, message.controls),
      fail: () => undefined,
    })
    if (takeBytes) this.#takeBytes = (bytes, start, end) => takeBytes(id, bytes, start, end)
  }

  /** Any question with one answer; what the answer says, success or not, is for the caller to judge. */
  exchange(
    operation: Operation,
    what: string,
    controls: readonly Control[] = [],
  ): Promise<LdapMessage> {
    return this.#ask(operation, { what, controls })
  }

  close(): void {
    if (this.#closed) return
    const unbind = {
      id: this.#takeId(),
      operation: { kind: 'unbindRequest' },
      controls: [],
    } as const
    this.#connection.write(encodeMessage(unbind))
    this.#end(connectionLost(this.#connection.peer, 'it was closed by us'))
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #ask(operation: Operation, asking: Asking): Promise<LdapMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<LdapMessage>()
    const id = this.#send(operation, asking.controls ?? [], {
      take: (message) => {
        if (!isLast(message.operation)) return asking.collect?.(message)
        this.#requests.delete(id)
        return resolve(message)
      },
      fail: reject,
    })
    const stop = this.#clock.after(this.#limits.answerMillisMax, () => {
      this.#requests.delete(id)
      reject(tooSlow(asking.what, this.#connection.peer, this.#limits.answerMillisMax))
    })
    return promise.finally(stop)
  }

  #send(operation: Operation, controls: readonly Control[], request: Request): number {
    const id = this.#takeId()
    if (this.#closed) {
      request.fail(this.#closed)
    } else if (this.#requests.size >= this.#limits.requestsMax) {
      const what = `${this.#limits.requestsMax} questions are under way already`
      request.fail(tooMany(what, this.#connection.peer))
    } else {
      this.#requests.set(id, request)
      this.#connection.write(encodeMessage({ id, operation, controls }))
    }
    return id
  }

  #takeId(): number {
    const id = this.#nextId
    this.#nextId = id === messageIdMax ? 1 : id + 1
    return id
  }

  #check({ operation }: LdapMessage, what: string, where: string): void {
    const result = resultOf(operation)
    if (!result) throw badAnswer(this.#connection.peer, `a ${operation.kind} came as an answer`)
    if (result.code !== 0) throw new LdapRefusal(result, what, where)
  }

  #receive(bytes: Uint8Array): void {
    const refusal = this.#framer.push(bytes, this.#takeEach, this.#takeAt)
    for (const pause of this.#pauses) this.#guarded(pause)
    if (refusal) this.#end(badAnswer(this.#connection.peer, describeRefusal(refusal)))
  }

  #takeMessage(bytes: Uint8Array): void {
    if (this.#closed) return
    const read = decodeMessage(bytes)
    if (!read.ok) {
      this.#end(badAnswer(this.#connection.peer, describeRefusal(read.refusal)))
    } else if (read.value.id === 0) {
      this.#end(connectionLost(this.#connection.peer, noticeOf(read.value.operation)))
    } else {
      // An answer to a question that ran into its deadline finds nobody; it is dropped.
      this.#deliver(read.value)
    }
  }

  /** By whoever needs no decoding; after the end by nobody, and that is enough. */
  #isTaken(bytes: Uint8Array, start: number, end: number): boolean {
    try {
      return this.#closed !== undefined || (this.#takeBytes?.(bytes, start, end) ?? false)
    } catch (error) {
      this.#endBy(error)
      return true
    }
  }

  #deliver(message: LdapMessage): void {
    const request = this.#requests.get(message.id)
    this.#guarded(() => request?.take(message))
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#endBy(error)
    }
  }

  #endBy(error: unknown): void {
    if (!(error instanceof Fault)) throw error
    this.#end(error)
  }

  #end(fault: Fault): void {
    if (this.#closed) return
    this.#closed = fault
    this.#connection.close()
    for (const request of this.#requests.values()) request.fail(fault)
    this.#requests.clear()
    this.#onClosed?.(fault)
  }
}

interface Asking {
  readonly what: string
  readonly controls?: readonly Control[]
  readonly collect?: (message: LdapMessage) => void
}

const adding = { what: 'adding to the directory failed' }
const modifying = { what: 'changing the directory failed' }
const deleting = { what: 'removing from the directory failed' }
const renaming = { what: 'renaming in the directory failed' }

function isLast(operation: Operation): boolean {
  return (
    operation.kind !== 'searchEntry' &&
    operation.kind !== 'searchReference' &&
    operation.kind !== 'intermediate'
  )
}

function resultOf(operation: Operation): Result | undefined {
  return 'result' in operation ? operation.result : undefined
}

/** RFC 4511 4.4.1: the server's last word before it hangs up. */
function noticeOf(operation: Operation): string {
  return `the server said goodbye: ${resultOf(operation)?.message ?? operation.kind}`
}

/** What `slice` of a Buffer gives is no copy. */
function copyAttribute({ name, values }: Attribute): Attribute {
  return { name, values: values.map((value) => new Uint8Array(value)) }
}
