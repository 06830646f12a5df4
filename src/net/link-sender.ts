// Why this file exists: a reply to a client without an address must go to its MAC, and the kernel would ask by ARP
// for whoever has the address that we are only just offering.
import { explained } from './bound-descriptor.ts'
import { buildDatagram } from './datagram.ts'
import { interfaceIndex } from './interfaces.ts'
import { closeOnExec, CallRefused, family, libc, nonBlocking, socketType } from './libc.ts'
import type { NetworkNamespace } from './namespace.ts'
import { ip4Octets, linkSocketAddress, macOctets } from './socket-address.ts'

export interface LinkDatagram {
  readonly from: { readonly address: string; readonly port: number }
  readonly to: { readonly address: string; readonly port: number; readonly mac: string }
  readonly payload: Uint8Array
}

export interface LinkSender {
  /** Why it did not leave (`ENOBUFS`, `ENETDOWN`); `undefined` when it did. */
  send(datagram: LinkDatagram): string | undefined
  close(): void
}

const etherTypeIp4 = 0x0800
/** Protocol 0: this socket only speaks; no frame is ever queued for it. */
const hearNothing = 0

/** A socket below IP on one interface. Throws the Faults CPC-NET-002, 003 and 006. */
export function openLinkSender(interfaceName: string, namespace?: NetworkNamespace): LinkSender {
  const open = (): OpenLink => openHere(interfaceName)
  const { index, descriptor } = namespace === undefined ? open() : namespace.within(open)
  return {
    send: ({ from, to, payload }) => {
      const mac = octetsOf(macOctets, to.mac)
      const frame = buildDatagram({
        from: { address: octetsOf(ip4Octets, from.address), port: from.port },
        to: { address: octetsOf(ip4Octets, to.address), port: to.port },
        payload,
      })
      return sendOrReason(descriptor, frame, linkSocketAddress(etherTypeIp4, index, mac))
    },
    close: () => libc().close(descriptor),
  }
}

interface OpenLink {
  readonly index: number
  readonly descriptor: number
}

function openHere(interfaceName: string): OpenLink {
  const index = interfaceIndex(interfaceName)
  const type = socketType.datagram | closeOnExec | nonBlocking
  try {
    return { index, descriptor: libc().socket(family.packet, type, hearNothing) }
  } catch (cause) {
    throw explained('udp', { interfaceName, port: 0 }, cause)
  }
}

function sendOrReason(descriptor: number, frame: Uint8Array, to: Uint8Array): string | undefined {
  try {
    libc().sendTo(descriptor, frame, to)
    return undefined
  } catch (cause) {
    if (cause instanceof CallRefused) return cause.reason
    throw cause
  }
}

function octetsOf(read: (text: string) => Uint8Array | undefined, text: string): Uint8Array {
  const octets = read(text)
  if (!octets) throw new TypeError(`${text} is no address`)
  return octets
}
