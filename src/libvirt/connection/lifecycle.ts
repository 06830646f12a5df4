// Why this file exists: a host tells by itself when a domain starts, stops or crashes. A slow reader must neither hold
// up the connection nor miss something without knowing.
import { lifecycleKinds } from '../domain.table.ts'
import { type DomainRef, readDomain } from '../procedure/objects.ts'
import { XdrReader } from '../xdr/reader.ts'
import { Mailbox } from './mailbox.ts'

/** VIR_DOMAIN_EVENT_ID_LIFECYCLE, and the message that carries it to those who registered. */
export const lifecycleEvent = { id: 0, procedure: 318 } as const

export const eventsWaitingMax = 4096

export type LifecycleEvent =
  | {
      readonly kind: (typeof lifecycleKinds)[number]
      readonly domain: DomainRef
      /** Its meaning depends on the kind: `stoppedDetail` and the like. */
      readonly detail: number
    }
  /** A kind of a later libvirt: look at the state. */
  | { readonly kind: 'unknown'; readonly domain: DomainRef; readonly detail: number }
  /** The reader was too slow, and events were dropped: look at the state of every domain. */
  | { readonly kind: 'missed' }

export function decodeLifecycle(payload: Uint8Array): LifecycleEvent {
  const reader = new XdrReader(payload)
  reader.int() // the callback's number: there is only one
  const domain = readDomain(reader)
  const kind = lifecycleKinds[reader.int()] ?? 'unknown'
  const detail = reader.int()
  reader.end()
  return { kind, domain, detail }
}

/** The events of one connection, for one reader. Ends with the connection's fault. */
export class LifecycleWatch implements AsyncIterable<LifecycleEvent> {
  readonly #box = new Mailbox<LifecycleEvent>()

  put(event: LifecycleEvent): void {
    if (this.#box.size >= eventsWaitingMax) {
      this.#box.clear()
      this.#box.put({ kind: 'missed' })
    }
    this.#box.put(event)
  }

  finish(): void {
    this.#box.finish()
  }

  fail(reason: Error): void {
    this.#box.fail(reason)
  }

  [Symbol.asyncIterator](): AsyncGenerator<LifecycleEvent, void, undefined> {
    return this.#box[Symbol.asyncIterator]()
  }
}
