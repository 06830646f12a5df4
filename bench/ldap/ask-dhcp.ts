// Why this file exists: a client of DHCP that asks for one card as a relay would, so that any card can be asked for from
// one socket.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const port = 67
const fixedBytes = 236

export class DhcpAsker implements Disposable {
  /** What is not answered by then is taken for lost. */
  answerMillisMax = 200
  readonly #socket: Socket
  readonly #server: string
  readonly #relay: readonly number[]
  #id = 1
  #waiting:
    | { readonly id: number; readonly resolve: (answer: string | undefined) => void }
    | undefined

  private constructor(socket: Socket, server: string, relay: string) {
    this.#socket = socket
    this.#server = server
    this.#relay = relay.split('.').map(Number)
    socket.on('message', (bytes) => this.#take(bytes))
    socket.on('error', () => undefined)
  }

  static async open(server: string, relay: string): Promise<DhcpAsker> {
    const socket = createSocket('udp4')
    socket.bind(port, relay)
    await once(socket, 'listening')
    return new DhcpAsker(socket, server, relay)
  }

  /** The address offered to that card; `undefined` when none was. */
  ask(mac: string): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    this.#id = (this.#id + 1) >>> 0
    this.#waiting = { id: this.#id, resolve }
    this.#socket.send(this.#discover(mac), port, this.#server)
    const late = setTimeout(() => resolve(undefined), this.answerMillisMax)
    return promise.finally(() => clearTimeout(late))
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }

  /** RFC 2131 §2: the fixed part, the cookie, option 53 = DISCOVER, end. */
  #discover(mac: string): Buffer {
    const fixed = Buffer.alloc(fixedBytes)
    fixed.set([1, 1, 6, 1])
    fixed.writeUInt32BE(this.#id, 4)
    fixed.set(this.#relay, 24)
    fixed.set(
      mac.split(':').map((pair) => Number.parseInt(pair, 16)),
      28,
    )
    return Buffer.concat([fixed, Buffer.of(99, 130, 83, 99, 53, 1, 1, 255)])
  }

  #take(bytes: Buffer): void {
    if (this.#waiting?.id === bytes.readUInt32BE(4))
      this.#waiting.resolve([...bytes.subarray(16, 20)].join('.'))
  }
}
