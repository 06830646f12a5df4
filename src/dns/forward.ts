// Why this file exists: other people's names go to the forwarders as they came, under an id of our own, so that
// only an answer to our question from the server we asked is passed on.
import { createSocket, type Socket } from 'node:dgram'

export interface ForwarderAddress {
  readonly host: string
  readonly port: number
}

export interface Forwarder {
  ask(query: Uint8Array, reply: (bytes: Uint8Array) => void): void
  close(): void
}

export const questionsInFlightMax = 1_000
export const forwardDeadlineMs = 4_000

interface Waiting {
  readonly askedId: number
  readonly reply: (bytes: Uint8Array) => void
  readonly timer: NodeJS.Timeout
}

/** `randomId` gives 16 unpredictable bits. */
export function openForwarder(server: ForwarderAddress, randomId: () => number): Forwarder {
  const { host: address, port } = server
  const waiting = new Map<number, Waiting>()
  const socket: Socket = createSocket('udp4')
  // An unreachable forwarder answers by ICMP; the question then ends at its deadline.
  socket.on('error', () => undefined)
  socket.on('message', (bytes: Buffer, from) => {
    if (from.address !== address || from.port !== port || bytes.length < 12) return
    const id = bytes.readUInt16BE(0)
    const question = waiting.get(id)
    if (question === undefined) return
    forget(id, question)
    bytes.writeUInt16BE(question.askedId, 0)
    question.reply(bytes)
  })
  const forget = (id: number, question: Waiting): void => {
    clearTimeout(question.timer)
    waiting.delete(id)
  }
  return {
    ask(query, reply) {
      const id = randomId()
      if (waiting.size >= questionsInFlightMax || waiting.has(id)) return
      const asked = Buffer.from(query)
      const askedId = asked.readUInt16BE(0)
      asked.writeUInt16BE(id, 0)
      const timer = setTimeout(() => waiting.delete(id), forwardDeadlineMs)
      waiting.set(id, { askedId, reply, timer })
      socket.send(asked, port, address)
    },
    close() {
      for (const question of waiting.values()) clearTimeout(question.timer)
      socket.close()
    },
  }
}
