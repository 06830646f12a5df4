// Why this file exists: a client without an address cannot be reached like others; where its reply goes is
// RFC 2131 §4.1, and sending to a card by its MAC is the socket's art, not ours.
import { type Ip4, ip4, type Mac } from '#directory'
import type { DhcpMessage } from './message.ts'
import { messageType } from './option-code.table.ts'

const serverPort = 67
const clientPort = 68
export const everyone = ip4(0xffff_ffff)

export type Destination =
  | { readonly kind: 'relay'; readonly address: Ip4; readonly port: number }
  | { readonly kind: 'unicast'; readonly address: Ip4; readonly port: number }
  | { readonly kind: 'broadcast'; readonly port: number }
  /** To the card, which has no address yet, under the address that it is about to have. */
  | {
      readonly kind: 'link-layer'
      readonly mac: Mac
      readonly address: Ip4
      readonly port: number
    }

export function destinationOf(message: DhcpMessage, type: number, yiaddr: Ip4): Destination {
  if (message.giaddr !== 0) return { kind: 'relay', address: message.giaddr, port: serverPort }
  // §4.3.2: the client may have lost its address with this very message.
  if (type === messageType.nak) return { kind: 'broadcast', port: clientPort }
  if (message.ciaddr !== 0) return { kind: 'unicast', address: message.ciaddr, port: clientPort }
  if (message.broadcast || yiaddr === 0 || message.mac === undefined)
    return { kind: 'broadcast', port: clientPort }
  return { kind: 'link-layer', mac: message.mac, address: yiaddr, port: clientPort }
}
