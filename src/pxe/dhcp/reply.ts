// Why this file exists: the fields of a reply (RFC 2131 table 3) in one place, for every message that we send.
import { contains, type Found, type Ip4, ip4, type Network } from '#directory'
import { type BootAsking, type BootFile, bootFileFor } from './boot-file.ts'
import type { Client } from './client.ts'
import { destinationOf } from './destination.ts'
import { bootFileBytesMax, bootpBytes, leastBytesMax, mostBytesMax } from './encode.ts'
import type { DhcpMessage, OutgoingMessage, OutgoingOption } from './message.ts'
import { messageType, optionCode } from './option-code.table.ts'
import { u16Option } from './option-value.ts'
import { optionOf } from './options.ts'
import type { Outcome } from './outcome.ts'
import {
  bootOptions,
  clientIdEcho,
  leaseTimeOptions,
  machineIdEcho,
  networkOptions,
  selectionEcho,
  serverIdOption,
} from './reply-options.ts'
import type { Why } from './why.ts'
import { explainRule } from './why.ts'
import type { Arrival, DhcpWorld } from './world.ts'

export const nowhere = ip4(0)
const ipAndUdpBytes = 28

/** What a message is answered in: itself, where it came in, and the world. */
export interface Exchange {
  readonly message: DhcpMessage
  readonly arrival: Arrival
  readonly world: DhcpWorld
  readonly client: Client
  readonly found?: Found
}

export function bootAskingOf({ client, found, world }: Exchange, server: Ip4): BootAsking {
  return {
    boot: client.boot,
    ...(found && { found }),
    nextBoot: found ? world.nextBoot(found.device.id) : 'by-role',
    server,
    isHeld: world.isHeld,
  }
}

/** What goes into the header of a reply and into its options alike. */
interface Here {
  readonly arrival: Arrival
  readonly bootFile?: BootFile
}

/** As seen from the client's network: where an interface has several, we have an address in each. */
export function seenFrom(network: Network, exchange: Exchange): Here {
  const { arrival } = exchange
  const near = arrival.addresses.find((address) => contains(network, address))
  const interfaceAddress = near ?? arrival.interfaceAddress
  const bootFile = bootFileFor(bootAskingOf(exchange, interfaceAddress))
  return { arrival: { ...arrival, interfaceAddress }, ...(bootFile && { bootFile }) }
}

export interface Grant {
  readonly type: number
  readonly address: Ip4
  readonly network: Network
  /** Absent in the answer to INFORM (RFC 2131 §4.3.5). */
  readonly seconds?: number
}

export function grantReply(exchange: Exchange, grant: Grant): Pick<Outcome, 'send'> {
  const { message, world, found } = exchange
  const here = seenFrom(grant.network, exchange)
  const { arrival, bootFile } = here
  const options = [
    serverIdOption(arrival),
    ...(grant.seconds === undefined ? [] : leaseTimeOptions(grant.seconds)),
    ...clientIdEcho(message),
    ...selectionEcho(message),
    ...machineIdEcho(message),
    ...(bootFile ? bootOptions(message, bootFile, arrival) : []),
    ...networkOptions(message, grant.network, found, { arrival, domain: world.snapshot.domain }),
  ]
  const yiaddr = grant.seconds === undefined ? nowhere : grant.address
  return sent(exchange, { type: grant.type, yiaddr, options }, here)
}

/** RFC 1534 §2: no option that only DHCP has. */
export function bootpReply(
  exchange: Exchange,
  address: Ip4,
  network: Network,
): Pick<Outcome, 'send'> {
  const { message, world, found } = exchange
  const here = seenFrom(network, exchange)
  const { arrival, bootFile } = here
  const options = [
    ...(bootFile ? bootOptions(message, bootFile, arrival) : []),
    ...networkOptions(message, network, found, { arrival, domain: world.snapshot.domain }),
  ]
  return sent(exchange, { type: messageType.bootp, yiaddr: address, options }, here)
}

/** RFC 2131 table 3: nothing but who speaks and why. */
export function refusalReply(exchange: Exchange, why: Why): Pick<Outcome, 'send'> {
  const text = Uint8Array.from(explainRule(why).slice(0, 255), (char) => char.charCodeAt(0))
  const options = [
    serverIdOption(exchange.arrival),
    ...clientIdEcho(exchange.message),
    { code: optionCode.message, bytes: text },
  ]
  const { arrival } = exchange
  return sent(exchange, { type: messageType.nak, yiaddr: nowhere, options }, { arrival })
}

interface Content {
  readonly type: number
  readonly yiaddr: Ip4
  readonly options: readonly OutgoingOption[]
}

export function sent({ message }: Exchange, content: Content, here: Here): Pick<Outcome, 'send'> {
  const destination = destinationOf(message, content.type, content.yiaddr)
  return { send: { reply: outgoing(message, content, here), destination } }
}

function outgoing(message: DhcpMessage, content: Content, here: Here): OutgoingMessage {
  const { arrival, bootFile } = here
  const relay = optionOf(message.options, optionCode.relayInformation)
  const asked = optionOf(message.options, optionCode.askedFor)
  const isNak = content.type === messageType.nak
  return {
    op: 'reply',
    type: content.type,
    xid: message.xid,
    secs: 0,
    // §4.3.2: a relay must broadcast a NAK, since the client's address is in doubt.
    broadcast: message.broadcast || (isNak && message.giaddr !== 0),
    ciaddr: content.type === messageType.ack ? message.ciaddr : nowhere,
    yiaddr: content.yiaddr,
    siaddr: bootFile ? arrival.interfaceAddress : nowhere,
    giaddr: message.giaddr,
    hardware: message.hardware,
    bootFile: bootFile && bootFile.name.length <= bootFileBytesMax ? bootFile.name : '',
    options: content.options,
    ...(asked && { asked }),
    ...(relay && { relayInformation: relay }),
    bytesMax: bytesMaxOf(message),
  }
}

/**
 * Option 57 counts the IP and UDP headers; no DHCP client means less than 576 by it, a BOOTP client may, and no frame
 * takes more.
 */
function bytesMaxOf(message: DhcpMessage): number {
  const said = (u16Option(message.options, optionCode.messageBytesMax) ?? 0) - ipAndUdpBytes
  const least = message.type === messageType.bootp ? bootpBytes : leastBytesMax
  return Math.min(mostBytesMax, Math.max(least, said))
}
