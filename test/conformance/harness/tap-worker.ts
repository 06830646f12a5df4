// Why this file exists: the thread that reads every frame of the stage's wire. What a server does to MAC addresses and
// to clients without an address can be seen nowhere else.
import { parentPort, workerData } from 'node:worker_threads'
import { closeOnExec, family, libc, socketOption, socketType } from '../../../src/net/libc.ts'
import { linkSocketAddress } from '../../../src/net/socket-address.ts'

export interface TapOrder {
  readonly interfaceName: string
  readonly stop: Int32Array
}

const everyProtocol = 3
/** How soon an order to stop is seen. */
const waitMicros = 100_000n
const frameBytesMax = 65_536
const bufferBytes = 8 * 1024 * 1024
const addressBytes = 20
/** The kernel's mark in the address: sent by this very machine. */
const outgoing = 4

function isOrder(data: unknown): data is TapOrder {
  return typeof data === 'object' && data !== null && 'interfaceName' in data && 'stop' in data
}

function listen({ interfaceName, stop }: TapOrder, tell: (frame: Uint8Array) => void): void {
  const calls = libc()
  const protocol = (everyProtocol & 255) << 8
  const descriptor = calls.socket(family.packet, socketType.raw | closeOnExec, protocol)
  const time = new Uint8Array(BigInt64Array.of(0n, waitMicros).buffer)
  calls.setOption(descriptor, socketOption.receiveTimeout, time)
  const size = new Uint8Array(Int32Array.of(bufferBytes).buffer)
  calls.setOption(descriptor, socketOption.receiveBufferForce, size)
  const index = calls.interfaceIndex(interfaceName)
  calls.bind(descriptor, linkSocketAddress(everyProtocol, index, new Uint8Array(0)))
  const frame = new Uint8Array(frameBytesMax)
  const from = new Uint8Array(addressBytes)
  tell(new Uint8Array(0))
  while (Atomics.load(stop, 0) === 0) {
    const length = calls.receiveFrom(descriptor, frame, from)
    if (length !== undefined && from[10] !== outgoing) tell(frame.slice(0, length))
  }
  calls.close(descriptor)
}

const port = parentPort
if (port && isOrder(workerData)) listen(workerData, (frame) => port.postMessage(frame))
