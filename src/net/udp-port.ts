// Why this file exists: what a protocol needs of UDP, and no more, so that its server runs as well over a network in
// memory that loses packets by a seed.
import { createSocket, type Socket } from 'node:dgram'
import { boundUdpDescriptor, type BoundUdpWanted } from './bound-descriptor.ts'
import { libc } from './libc.ts'

export interface UdpSource {
  readonly address: string
  readonly port: number
}

export type UdpListener = (bytes: Uint8Array, source: UdpSource) => void

export interface UdpPort {
  readonly port: number
  /** One listener: whoever opened the port. */
  onMessage(listener: UdpListener): void
  /** Several parts go out as one datagram without being copied. Never throws: see `counters`. */
  send(bytes: Uint8Array | readonly Uint8Array[], address: string, port: number): void
  counters(): UdpCounters
  close(): Promise<void>
}

export interface UdpCounters {
  readonly received: number
  readonly sent: number
  /** Datagrams that the kernel refused or could not deliver, and the last reason. */
  readonly failed: number
  readonly lastFailure?: string
}

/** A UDP socket on one interface. Throws the Faults CPC-NET-001 to 004 and 006. */
export async function openBoundUdp(wanted: BoundUdpWanted): Promise<UdpPort> {
  const descriptor = boundUdpDescriptor(wanted)
  // An address is never looked up: without this each send would wait for a turn of the event loop.
  const socket = createSocket({ type: 'udp4', lookup: asItIs })
  try {
    await listening(socket, descriptor)
  } catch (cause) {
    libc().close(descriptor)
    throw cause
  }
  return portOf(socket)
}

function asItIs(
  address: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void {
  done(null, address, 4)
}

function listening(socket: Socket, descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ fd: descriptor }, () => {
      socket.removeListener('error', reject)
      resolve()
    })
  })
}

function portOf(socket: Socket): UdpPort {
  const count = { received: 0, sent: 0, failed: 0, lastFailure: '' }
  let listener: UdpListener | undefined
  const failed = (error: Error) => {
    count.failed += 1
    count.lastFailure = error.message
  }
  socket.on('error', failed)
  socket.on('message', (bytes, { address, port }) => {
    count.received += 1
    listener?.(bytes, { address, port })
  })
  return {
    port: socket.address().port,
    onMessage(wanted) {
      listener = wanted
    },
    send(bytes, address, port) {
      socket.send(bytes, port, address, (error) => {
        if (error) failed(error)
        else count.sent += 1
      })
    },
    counters: () => {
      const { lastFailure, ...numbers } = count
      return lastFailure === '' ? numbers : { ...numbers, lastFailure }
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  }
}
