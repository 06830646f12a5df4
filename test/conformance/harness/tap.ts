// Why this file exists: sends any frame on the stage's wire, hears every frame, and answers ARP for whom it plays.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { closeOnExec, family, libc, socketType } from '../../../src/net/libc.ts'
import { ip4Octets, linkSocketAddress, macOctets } from '../../../src/net/socket-address.ts'

/** A UDP datagram with all that was around it. */
export interface Datagram {
  readonly fromMac: string
  readonly toMac: string
  readonly from: string
  readonly to: string
  readonly fromPort: number
  readonly toPort: number
  readonly payload: Uint8Array
}

export interface Tap {
  send(datagram: Datagram): void
  /** Every datagram that comes in is handed to each listener; the returned call ends that. */
  onDatagram(listener: (datagram: Datagram) => void): () => void
  /** From now on that address is at home at this card. */
  play(address: string, mac: string): void
  /** Nobody is there any more. */
  leave(address: string): void
  close(): Promise<void>
}

export const everyMac = 'ff:ff:ff:ff:ff:ff'
const etherIp4 = 0x0800
const etherArp = 0x0806
const udp = 17

export async function openTap(interfaceName: string): Promise<Tap> {
  const calls = libc()
  const index = calls.interfaceIndex(interfaceName)
  const descriptor = calls.socket(family.packet, socketType.raw | closeOnExec, 0)
  const to = linkSocketAddress(etherIp4, index, new Uint8Array(6))
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('./tap-worker.ts', import.meta.url), {
    workerData: { interfaceName, stop },
  })
  const homes = new Map<string, string>()
  const listeners = new Set<(datagram: Datagram) => void>()
  await once(worker, 'message')
  worker.on('message', (frame: unknown) => {
    if (!(frame instanceof Uint8Array)) return
    const answer = arpAnswer(frame, homes)
    if (answer) calls.sendTo(descriptor, answer, to)
    const datagram = readDatagram(frame)
    if (datagram) for (const listener of listeners) listener(datagram)
  })
  return {
    send: (datagram) => calls.sendTo(descriptor, frameOf(datagram), to),
    onDatagram(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    play: (address, mac) => void homes.set(address, mac),
    leave: (address) => void homes.delete(address),
    async close() {
      const gone = once(worker, 'exit')
      Atomics.store(stop, 0, 1)
      await gone
      calls.close(descriptor)
    },
  }
}

export function octets(address: string): Uint8Array {
  const bytes = ip4Octets(address)
  if (!bytes) throw new TypeError(`${address} is no address`)
  return bytes
}

export function macBytes(mac: string): Uint8Array {
  const bytes = macOctets(mac)
  if (!bytes) throw new TypeError(`${mac} is no MAC`)
  return bytes
}

export const addressText = (bytes: Uint8Array): string => [...bytes].join('.')

export function macText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function frameOf({ fromMac, toMac, from, to, fromPort, toPort, payload }: Datagram): Uint8Array {
  const frame = new Uint8Array(42 + payload.length)
  const view = new DataView(frame.buffer)
  frame.set(macBytes(toMac))
  frame.set(macBytes(fromMac), 6)
  view.setUint16(12, etherIp4)
  frame.set([0x45, 0], 14)
  view.setUint16(16, 28 + payload.length)
  frame.set([64, udp], 22)
  frame.set(octets(from), 26)
  frame.set(octets(to), 30)
  view.setUint16(24, checksum(view, 14, 34))
  // A UDP checksum of 0 means that none was made (RFC 768).
  view.setUint16(34, fromPort)
  view.setUint16(36, toPort)
  view.setUint16(38, 8 + payload.length)
  frame.set(payload, 42)
  return frame
}

function checksum(view: DataView, start: number, end: number): number {
  let sum = 0
  for (let at = start; at < end; at += 2) sum += view.getUint16(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function readDatagram(frame: Uint8Array): Datagram | undefined {
  if (frame.length < 42) return undefined
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint16(12) !== etherIp4 || frame[23] !== udp) return undefined
  const start = 14 + (view.getUint8(14) & 15) * 4
  return {
    toMac: macText(frame.subarray(0, 6)),
    fromMac: macText(frame.subarray(6, 12)),
    from: addressText(frame.subarray(26, 30)),
    to: addressText(frame.subarray(30, 34)),
    fromPort: view.getUint16(start),
    toPort: view.getUint16(start + 2),
    payload: frame.slice(start + 8, start + view.getUint16(start + 4)),
  }
}

/** RFC 826: who has it tells where it is. Probes (RFC 5227) are answered, too: the address is taken. */
function arpAnswer(frame: Uint8Array, homes: ReadonlyMap<string, string>): Uint8Array | undefined {
  if (frame.length < 42) return undefined
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint16(12) !== etherArp || view.getUint16(20) !== 1) return undefined
  const wanted = frame.slice(38, 42)
  const home = homes.get(addressText(wanted))
  if (home === undefined) return undefined
  const answer = frame.slice(0, 42)
  answer.set(frame.subarray(6, 12))
  answer.set(macBytes(home), 6)
  answer[21] = 2
  answer.set(frame.subarray(22, 32), 32)
  answer.set(macBytes(home), 22)
  answer.set(wanted, 28)
  return answer
}
