// Why this file exists: the whole of DHCP is this function: a message, where it came in, and the world, to what
// happens. Nothing is remembered here and nothing is sent (RFC 2131 §4.3).
import { type Found, identify, type Mac } from '#directory'
import { type Asking, chooseAddress } from './address.ts'
import { chooseBootFile } from './boot-file.ts'
import { answerBootp } from './bootp.ts'
import { type Client, readClient } from './client.ts'
import { answerDecline, answerInform, answerRelease } from './give-back.ts'
import { findLink } from './link.ts'
import type { DhcpMessage } from './message.ts'
import { messageType, nameOfType, optionCode } from './option-code.table.ts'
import { addressOption } from './option-value.ts'
import { type Outcome, silence } from './outcome.ts'
import { answerAsProxy } from './proxy.ts'
import { holderOf, leaseSecondsFor, type Question } from './question.ts'
import { bootAskingOf, grantReply } from './reply.ts'
import { answerRequest } from './request.ts'
import { because, type Why } from './why.ts'
import type { Arrival, DhcpWorld } from './world.ts'

export function answer(message: DhcpMessage, arrival: Arrival, world: DhcpWorld): Outcome {
  if (world.settings.mode === 'off') return silence(because('off'))
  if (message.op === 'reply') return overheardReply(message, world)
  if (message.mac === undefined) return silence(because('noCard'))
  const client = readClient(message)
  const found = findLink(message, client, arrival, world.snapshot)
  if (!found.ok) return silence(found.why, found.isAlarm ? 'CPC-DHCP-003' : undefined)
  const device = whoIs(message.mac, client, world)
  if (!device && world.settings.describedOnly)
    return silence(because('noGuest', message.mac, found.link.networks[0].name))
  const wanted = addressOption(message.options, optionCode.requestedAddress)
  const asking: Asking = {
    mac: message.mac,
    link: found.link,
    ...(device && { found: device }),
    ...(wanted !== undefined && { wanted }),
  }
  const base = { message, arrival, world, client, link: found.link, asking }
  const question = { ...base, ...(device && { found: device }) }
  const outcome = world.settings.mode === 'proxy' ? answerAsProxy(question) : answerByType(question)
  const missing = outcome.send && missingLoader(question)
  return missing ? { ...outcome, besides: missing } : outcome
}

function missingLoader(question: Question): Why | undefined {
  const choice = chooseBootFile(bootAskingOf(question, question.arrival.interfaceAddress))
  return choice && 'missing' in choice
    ? because('loaderMissing', choice.missing, choice.architecture)
    : undefined
}

/** A doubt about it costs a machine its boot, decided when its loader asks, but never its address. */
function whoIs(mac: Mac, client: Client, world: DhcpWorld): Found | undefined {
  const port = client.relay?.circuitId
  const identity = identify(world.snapshot, {
    mac,
    ...(port !== undefined && { port }),
    ...(client.uuid && { uuid: client.uuid }),
  })
  return identity.kind === 'known' ? identity.found : undefined
}

function answerByType(question: Question): Outcome {
  switch (question.message.type) {
    case messageType.discover:
      return answerDiscover(question)
    case messageType.request:
      return answerRequest(question)
    case messageType.decline:
      return answerDecline(question)
    case messageType.release:
      return answerRelease(question)
    case messageType.inform:
      return answerInform(question)
    case messageType.bootp:
      return answerBootp(question)
    default:
      return silence(because('unsupported', nameOfType(question.message.type)))
  }
}

/** RFC 2131 §4.3.1. A described address needs no offer in the book: nobody else can get it. */
function answerDiscover(question: Question): Outcome {
  const { asking, world } = question
  const choice = chooseAddress(asking, world)
  if (!choice.ok) return silence(choice.why, choice.isAlarm ? 'CPC-DHCP-002' : undefined)
  const { address, network } = choice
  const seconds = leaseSecondsFor(question, network)
  const holder = world.leases.holder(address, world.now)
  const isOffer = choice.source === 'pool' && holder?.mac !== asking.mac
  const lease = {
    ...holderOf(question),
    address,
    state: 'offered',
    source: 'pool',
    since: world.now,
    seconds: world.settings.limits.offerSeconds,
  } as const
  return {
    ...grantReply(question, { type: messageType.offer, address, network, seconds }),
    changes: isOffer ? [{ kind: 'keep', lease }] : [],
    ...(choice.isNew && { probe: address }),
    ...(choice.why.rule === 'heldByOther' && { alarm: 'CPC-DHCP-007' }),
    why: choice.why,
  }
}

/** HOSTILE 10: only servers send replies, and on our wire we are the only one. */
function overheardReply(message: DhcpMessage, world: DhcpWorld): Outcome {
  const server = addressOption(message.options, optionCode.serverId) ?? message.siaddr
  const name = nameOfType(message.type)
  if (world.settings.addresses.has(server)) return silence(because('answersNobody', name, server))
  const isRival = world.settings.mode === 'authoritative'
  const why = because('strangeServer', name, server)
  return isRival ? { ...silence(why, 'CPC-DHCP-001'), stranger: server } : silence(why)
}
