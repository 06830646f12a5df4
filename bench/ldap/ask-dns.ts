// Why this file exists: a client of DNS as small as one can be: one question, one socket, no cache.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const port = 53
const headerBytes = 12
/** A pointer to the name, type, class, time to live and length stand before the address. */
const recordHeadBytes = 12

export class DnsAsker implements Disposable {
  /** What is not answered by then is taken for lost. */
  answerMillisMax = 200
  readonly #socket: Socket
  #id = 0
  #waiting:
    | { readonly id: number; readonly resolve: (answer: string | undefined) => void }
    | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (bytes) => this.#take(bytes))
    // Nobody listens yet: the deadline of the question says so.
    socket.on('error', () => undefined)
  }

  static async open(server: string): Promise<DnsAsker> {
    const socket = createSocket('udp4')
    socket.connect(port, server)
    await once(socket, 'connect')
    return new DnsAsker(socket)
  }

  /** The address, or `undefined` for every other answer and for none. */
  ask(name: string): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    this.#id = (this.#id + 1) & 0xffff
    this.#waiting = { id: this.#id, resolve }
    this.#socket.send(questionOf(name, this.#id))
    const late = setTimeout(() => resolve(undefined), this.answerMillisMax)
    return promise.finally(() => clearTimeout(late))
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }

  #take(bytes: Buffer): void {
    if (this.#waiting?.id === bytes.readUInt16BE(0)) this.#waiting.resolve(addressIn(bytes))
  }
}

function questionOf(name: string, id: number): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]))
  const head = Buffer.of(id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
  return Buffer.concat([head, ...labels, Buffer.of(0, 0, 1, 0, 1)])
}

function addressIn(bytes: Buffer): string | undefined {
  if (bytes.readUInt16BE(6) !== 1) return undefined
  const questionEnd = bytes.indexOf(0, headerBytes) + 5
  const at = questionEnd + recordHeadBytes
  return [...bytes.subarray(at, at + 4)].join('.')
}
