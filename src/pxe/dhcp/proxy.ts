// Why this file exists: where another server gives the addresses, we may still say what to boot (PXE 2.1, §2.2): a
// second offer without an address, and an answer on port 4011. What the other gives, we overhear.
import type { Ip4 } from '#directory'
import type { Lease } from '../lease/lease.ts'
import type { Destination } from './destination.ts'
import { messageType, nameOfType, optionCode } from './option-code.table.ts'
import { latin1Bytes } from './option-value.ts'
import { type Outcome, silence } from './outcome.ts'
import { holderOf, type Question } from './question.ts'
import { pxeOptionsFor } from './pxe-options.ts'
import { nowhere, seenFrom, sent } from './reply.ts'
import { bootOptions, clientIdEcho, machineIdEcho, serverIdOption } from './reply-options.ts'
import { requestStateOf } from './request.ts'
import { because } from './why.ts'

export const proxyPort = 4011
/** An overheard address is evidence about who is asking for a script, for as long as a boot takes. */
const overheardSeconds = 3600

export function answerAsProxy(question: Question): Outcome {
  const { message, arrival } = question
  if (message.type === messageType.discover) return bootReply(question, messageType.offer)
  // Firmware REQUESTs there; what looks for a boot server by itself may say INFORM.
  const asksHere = message.type === messageType.request || message.type === messageType.inform
  if (asksHere && arrival.port === proxyPort) return bootReply(question, messageType.ack)
  if (message.type === messageType.request) return overhear(question)
  return silence(because('unsupported', nameOfType(message.type)))
}

function bootReply(question: Question, type: number): Outcome {
  const { message, client, link, asking } = question
  const here = seenFrom(link.networks[0], question)
  const { arrival, bootFile } = here
  if (client.boot.kind === 'none') return silence(because('notBooting'))
  if (!bootFile) return silence(because('nothingToBoot', asking.found?.device.name ?? asking.mac))
  const options = [
    serverIdOption(arrival),
    ...(bootFile.isHttpBoot
      ? []
      : [
          { code: optionCode.vendorClass, bytes: latin1Bytes('PXEClient') },
          { code: optionCode.vendorSpecific, bytes: pxeOptionsFor(message) },
        ]),
    ...bootOptions(message, bootFile, arrival),
    ...clientIdEcho(message),
    ...machineIdEcho(message),
  ]
  const { send } = sent(question, { type, yiaddr: nowhere, options }, here)
  if (!send) return silence(because('notBooting'))
  const destination = arrival.port === proxyPort ? backToSender(question) : send.destination
  return { send: { ...send, destination }, changes: [], why: because('proxied') }
}

function backToSender({ arrival }: Question): Destination {
  return { kind: 'unicast', address: arrival.source, port: arrival.sourcePort }
}

function overhear(question: Question): Outcome {
  const state = requestStateOf(question)
  const address = state.kind === 'nonsense' ? undefined : state.address
  if (address === undefined) return silence(because('noAddressAsked'))
  const { world, asking } = question
  const holder = world.leases.holder(address, world.now)
  // Whoever only claims an address must not inherit what belongs to its holder.
  if (holder && holder.mac !== asking.mac)
    return silence(because('overheardTwice', address, holder.mac), 'CPC-DHCP-007')
  const why = because('overheard', address)
  return { changes: [{ kind: 'keep', lease: observed(question, address) }], why }
}

function observed(question: Question, address: Ip4): Lease {
  const { now } = question.world
  const seconds = overheardSeconds
  return { ...holderOf(question), address, state: 'bound', source: 'observed', since: now, seconds }
}
