// Why this file exists: an address that a person gave to a machine by hand is in no table of ours; only asking the wire
// tells that it is taken.
import { buildProbe, readClaim } from './arp.ts'
import { explained } from './bound-descriptor.ts'
import { interfaceAddresses, interfaceIndex } from './interfaces.ts'
import { CallRefused, closeOnExec, family, libc, nonBlocking, socketType } from './libc.ts'
import { ip4Octets, linkSocketAddress, macOctets } from './socket-address.ts'

/** Whoever is there answers within a few milliseconds; a busy switch port needs longer. */
export const arpWaitMs = 300
const lookEveryMs = 10
/** More at once would be a storm of their own. */
export const arpProbesMax = 256
/** Frames of others that are read at one look, on a wire where everybody talks. */
const framesPerLookMax = 1_000
const etherTypeArp = 0x0806
const everyMac = new Uint8Array(6).fill(0xff)
const frameBytesMax = 128
const linkAddressBytes = 20

/**
 * Who answers, by address. A socket lives for one round only: between rounds nobody reads what the wire says. Throws the
 * Faults CPC-NET-002, 003 and 006.
 */
export async function probeByArp(
  interfaceName: string,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const mac = macOctets(interfaceAddresses(interfaceName)?.mac ?? '')
  const index = interfaceIndex(interfaceName)
  const answers = new Map<string, string>()
  const wanted = new Set(addresses.slice(0, arpProbesMax))
  if (mac === undefined || wanted.size === 0) return answers
  const descriptor = openHere(interfaceName, index)
  try {
    for (const address of wanted) send(descriptor, index, { mac, address })
    for (let waited = 0; waited < arpWaitMs && answers.size < wanted.size; waited += lookEveryMs) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
      look(descriptor, wanted, answers)
    }
    return answers
  } finally {
    libc().close(descriptor)
  }
}

function openHere(interfaceName: string, index: number): number {
  const type = socketType.datagram | closeOnExec | nonBlocking
  try {
    const descriptor = libc().socket(family.packet, type, 0)
    // The protocol of the address is what the socket hears from then on.
    libc().bind(descriptor, linkSocketAddress(etherTypeArp, index, everyMac))
    return descriptor
  } catch (cause) {
    throw explained('udp', { interfaceName, port: 0 }, cause)
  }
}

function send(
  descriptor: number,
  index: number,
  { mac, address }: { readonly mac: Uint8Array; readonly address: string },
): void {
  const octets = ip4Octets(address)
  if (octets === undefined) throw new TypeError(`${address} is no IPv4 address`)
  try {
    const to = linkSocketAddress(etherTypeArp, index, everyMac)
    libc().sendTo(descriptor, buildProbe(mac, octets), to)
  } catch (cause) {
    // A wire that takes nothing now (ENETDOWN, ENOBUFS) is a wire on which nobody answers.
    if (!(cause instanceof CallRefused)) throw cause
  }
}

function look(descriptor: number, wanted: ReadonlySet<string>, answers: Map<string, string>): void {
  const frame = new Uint8Array(frameBytesMax)
  const from = new Uint8Array(linkAddressBytes)
  for (let frames = 0; frames < framesPerLookMax; frames += 1) {
    const length = receive(descriptor, frame, from)
    if (length === undefined) return
    const claim = readClaim(frame.subarray(0, length))
    if (claim && wanted.has(claim.address)) answers.set(claim.address, claim.mac)
  }
}

function receive(descriptor: number, frame: Uint8Array, from: Uint8Array): number | undefined {
  try {
    return libc().receiveFrom(descriptor, frame, from)
  } catch (cause) {
    if (cause instanceof CallRefused) return undefined
    throw cause
  }
}
