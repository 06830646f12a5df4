// Why this file exists: a relay's option 82 says by which port a packet came in (RFC 3046), which is evidence about
// who is asking. It is read here and echoed untouched.
import type { Ip4 } from '#directory'
import { addressAt } from './decode.ts'
import { hex, latin1 } from './option-value.ts'

export interface RelayInformation {
  /** As text, or as hex when it is none. */
  readonly circuitId?: string
  readonly remoteId?: string
  /** RFC 3527: the network the client is in, when the relay's own address lies in another. */
  readonly linkSelection?: Ip4
  /** RFC 3993 */
  readonly subscriberId?: string
}

/** `undefined` when a sub-option passes the end: the option is ignored, the packet is not. */
export function readRelayInformation(bytes: Uint8Array): RelayInformation | undefined {
  const found = new Map<number, Uint8Array>()
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at + 1]
    if (length === undefined || at + 2 + length > bytes.length) return undefined
    found.set(bytes[at] ?? 0, bytes.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  const text = (code: number): string | undefined => {
    const value = found.get(code)
    return value && printable(value)
  }
  const [circuitId, remoteId, subscriberId] = [text(1), text(2), text(6)]
  const link = found.get(5)
  return {
    ...(circuitId !== undefined && { circuitId }),
    ...(remoteId !== undefined && { remoteId }),
    ...(subscriberId !== undefined && { subscriberId }),
    ...(link?.length === 4 && { linkSelection: addressAt(link, 0) }),
  }
}

function printable(bytes: Uint8Array): string {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? latin1(bytes) : `0x${hex(bytes)}`
}
