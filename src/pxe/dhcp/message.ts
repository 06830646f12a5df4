// Why this file exists: a DHCP message as a value (RFC 2131 §2), so that answering needs no socket and no buffer.
import type { Ip4, Mac } from '#directory'
import type { Options } from './options.ts'

export interface DhcpMessage {
  readonly op: 'request' | 'reply'
  /** RFC 2132 §9.6; may be one that we do not know, or `messageType.bootp`. */
  readonly type: number
  readonly hops: number
  readonly xid: number
  readonly secs: number
  readonly broadcast: boolean
  readonly ciaddr: Ip4
  readonly yiaddr: Ip4
  readonly siaddr: Ip4
  readonly giaddr: Ip4
  /** Absent when the hardware is no Ethernet or the address names no card. */
  readonly mac?: Mac
  /** Type, length and all sixteen octets, for echoing. */
  readonly hardware: {
    readonly type: number
    readonly length: number
    readonly bytes: Uint8Array
  }
  /** Empty when option 52 says that the field holds options. */
  readonly serverName: string
  readonly bootFile: string
  readonly options: Options
}

/** Why bytes are no message that we can answer. */
export type DecodeRefusal =
  | { readonly kind: 'too-short'; readonly bytes: number }
  | { readonly kind: 'too-long'; readonly bytes: number }
  | { readonly kind: 'bad-op'; readonly op: number }
  | { readonly kind: 'bad-hardware-length'; readonly length: number }
  | { readonly kind: 'no-cookie' }
  | { readonly kind: 'option-past-end'; readonly code: number; readonly at: number }
  | { readonly kind: 'no-end' }
  | { readonly kind: 'too-many-options'; readonly max: number }
  | { readonly kind: 'option-too-long'; readonly code: number; readonly bytes: number }
  | { readonly kind: 'no-message-type' }

export type Decoded =
  | { readonly ok: true; readonly value: DhcpMessage }
  | { readonly ok: false; readonly refusal: DecodeRefusal }

/** What we send. Options are in the order of need: those that do not fit are left out from the end. */
export interface OutgoingMessage {
  readonly op: 'request' | 'reply'
  readonly type: number
  readonly xid: number
  readonly secs: number
  readonly broadcast: boolean
  readonly ciaddr: Ip4
  readonly yiaddr: Ip4
  readonly siaddr: Ip4
  readonly giaddr: Ip4
  readonly hardware: DhcpMessage['hardware']
  readonly bootFile: string
  readonly options: readonly OutgoingOption[]
  /** Option 55 of the client: what is sent stands in this order. */
  readonly asked?: Uint8Array
  /** RFC 3046 §2.2: the relay's own option goes back as it came, as the last one. */
  readonly relayInformation?: Uint8Array
  /** The largest DHCP message, without IP and UDP headers, that the client takes. */
  readonly bytesMax: number
}

export interface OutgoingOption {
  readonly code: number
  readonly bytes: Uint8Array
  /** Said only when there was no room for the option of this code. */
  readonly insteadOf?: number
}

/** One line for the log. It never quotes what was sent (HOSTILE 8). */
export function explainRefusal(refusal: DecodeRefusal): string {
  switch (refusal.kind) {
    case 'too-short':
      return `${refusal.bytes} bytes are too few for DHCP`
    case 'too-long':
      return `${refusal.bytes} bytes are more than any client sends`
    case 'bad-op':
      return `op ${refusal.op} is neither a request nor a reply`
    case 'bad-hardware-length':
      return `a hardware address of ${refusal.length} bytes does not fit its field`
    case 'no-cookie':
      return 'another cookie than that of DHCP'
    case 'option-past-end':
      return `option ${refusal.code} at byte ${refusal.at} is longer than its field`
    case 'no-end':
      return 'the options have no end mark: the packet was cut short'
    case 'too-many-options':
      return `more than ${refusal.max} options`
    case 'option-too-long':
      return `option ${refusal.code} comes to more than ${refusal.bytes - 1} bytes`
    case 'no-message-type':
      return 'option 53 is missing, and other options of DHCP are there'
  }
}
