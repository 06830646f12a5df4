// Why this file exists: a connection breaks at the worst moment, between what a server did and its answer; here a
// test says at which answer.
import { ldapLimits } from '#asn1'
import type { Connect, Connection } from '#ldap-sync'
import { cannotConnect } from '../../src/ldap-sync/client/fault.ts'
import { Framer } from '../../src/ldap-sync/client/framer.ts'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import type { Operation } from '../../src/ldap-sync/message/message.ts'

type Answer = Operation['kind']

export class Scissors {
  readonly #connect: Connect
  #waiting: { readonly kind: Answer; left: number; readonly thenAlone: boolean } | undefined
  #alone = false
  /** Done instead of a cut; the answer waits for it. */
  instead: (() => Promise<void>) | undefined

  constructor(connect: Connect) {
    this.#connect = connect
  }

  /** The `count`th answer of this kind from now on never arrives. */
  cutAt(kind: Answer, count: number, { thenAlone = false } = {}): void {
    this.#waiting = { kind, left: count, thenAlone }
  }

  readonly connect: Connect = async (url) => {
    if (this.#alone) throw cannotConnect(url.text, 'connection refused')
    return this.#watched(await this.#connect(url))
  }

  #watched(connection: Connection): Connection {
    let tell: (reason: string) => void = () => undefined
    const cut = (): void => {
      connection.close()
      setImmediate(() => tell('the cable was cut'))
    }
    return {
      private: connection.private,
      peer: connection.peer,
      write: (bytes) => connection.write(bytes),
      close: () => connection.close(),
      onBytes: (take) => {
        const framer = new Framer(ldapLimits)
        let turn = Promise.resolve(true)
        const next = async (before: Promise<boolean>, message: Uint8Array): Promise<boolean> => {
          if (!(await before)) return false
          const goesOn = await this.#goesOn(message)
          if (goesOn) take(message)
          else cut()
          return goesOn
        }
        connection.onBytes((bytes) => {
          framer.push(bytes, (message) => {
            turn = next(turn, message.slice())
          })
        })
      },
      onClosed: (next) => {
        tell = next
        connection.onClosed(next)
      },
    }
  }

  async #goesOn(message: Uint8Array): Promise<boolean> {
    const waiting = this.#waiting
    const read = decodeMessage(message)
    if (!waiting || !read.ok || read.value.operation.kind !== waiting.kind) return true
    waiting.left -= 1
    if (waiting.left > 0) return true
    this.#waiting = undefined
    this.#alone = waiting.thenAlone
    await this.instead?.()
    return this.instead !== undefined
  }
}
