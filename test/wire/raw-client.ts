// Why this file exists: what must get no answer sends whatever it likes: a DHCP client that asks under any card's name
// and hears every answer on its wire.
import { once, EventEmitter } from 'node:events'
import { openBoundUdp, openNamespace, type UdpPort } from '#net'
import type { DhcpMessage } from '#pxe'
import { bytesOf, decoded, type Sent } from '../pxe/dhcp-lab.ts'
import { eth } from './vo-end.ts'

export interface RawClient {
  /** Broadcast, as a client without an address does it. */
  send(sent: Sent): void
  /** Resolves with the answer to that transaction; whatever came before is in `heard`. */
  answer(xid: number): Promise<DhcpMessage>
  readonly heard: readonly DhcpMessage[]
  close(): Promise<void>
}

const clientPort = 68
const deadlineMs = 20_000
const againMs = 1_000

export async function openRawClient(namespaceName: string): Promise<RawClient> {
  using namespace = openNamespace(namespaceName)
  const place = { interfaceName: eth, port: clientPort, broadcast: true, namespace }
  const port: UdpPort = await openBoundUdp(place)
  const heard: DhcpMessage[] = []
  const bell = new EventEmitter()
  port.onMessage((bytes) => {
    heard.push(decoded(bytes))
    bell.emit('heard')
  })
  const asked = new Map<number | undefined, Uint8Array>()
  const broadcast = (bytes: Uint8Array): void => port.send(bytes, '255.255.255.255', 67)
  return {
    heard,
    send(sent) {
      const bytes = bytesOf({ broadcast: true, ...sent })
      asked.set(sent.xid, bytes)
      broadcast(bytes)
    },
    async answer(xid) {
      const signal = AbortSignal.timeout(deadlineMs)
      // RFC 2131 section 4.1: it is the client's part to ask again; a wire that has just come up loses packets.
      const again = setInterval(() => broadcast(asked.get(xid) ?? new Uint8Array()), againMs)
      try {
        for (;;) {
          const found = heard.find((message) => message.xid === xid)
          if (found) return found
          await once(bell, 'heard', { signal })
        }
      } finally {
        clearInterval(again)
      }
    },
    close: () => port.close(),
  }
}
