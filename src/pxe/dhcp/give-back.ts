// Why this file exists: DECLINE, RELEASE and INFORM (RFC 2131 §4.3.3 to §4.3.5). The first two take something away,
// and anybody can forge them: they count only for what the sender itself holds (HOSTILE 11).
import type { Ip4 } from '#directory'
import { endOf, type Lease } from '../lease/lease.ts'
import { networkOf } from './address.ts'
import { messageType, optionCode } from './option-code.table.ts'
import { addressOption } from './option-value.ts'
import { type Outcome, silence } from './outcome.ts'
import type { Question } from './question.ts'
import { grantReply } from './reply.ts'
import { because } from './why.ts'

export function answerRelease(question: Question): Outcome {
  const { message } = question
  const held = heldBySender(question, message.ciaddr)
  if (held.kind === 'refused') return held.outcome
  const { address } = held.lease
  return { changes: [endOf(held.lease, question.world.now)], why: because('released', address) }
}

/** The client probed the address and somebody answered. */
export function answerDecline(question: Question): Outcome {
  const { message, world } = question
  const declined = addressOption(message.options, optionCode.requestedAddress)
  if (declined === undefined) return silence(because('noAddressAsked'))
  const held = heldBySender(question, declined)
  if (held.kind === 'refused') return held.outcome
  const { limits } = world.settings
  if (held.lease.source === 'directory') {
    // Nothing else can be given instead: a person must find the stranger.
    const change = { kind: 'drop', address: declined } as const
    return { changes: [change], alarm: 'CPC-DHCP-004', why: because('declinedDescribed', declined) }
  }
  if (world.leases.declinedBy(held.lease.mac, world.now) >= limits.declinesPerCardMax)
    return silence(because('declinesTooOften', limits.declinesPerCardMax, declined), 'CPC-DHCP-004')
  if (world.leases.quarantined >= limits.quarantinedMax)
    return silence(because('tooManyDeclines', limits.quarantinedMax, declined), 'CPC-DHCP-004')
  return {
    changes: [{ kind: 'keep', lease: quarantineOf(held.lease, question) }],
    alarm: 'CPC-DHCP-004',
    why: because('declined', declined, limits.quarantineSeconds),
  }
}

/** A lease turned into a warning: nobody gets the address for a while. Also for a probe that was answered. */
export function quarantineOf(lease: Lease, { world }: Pick<Question, 'world'>): Lease {
  const seconds = world.settings.limits.quarantineSeconds
  return { ...lease, state: 'quarantined', since: world.now, seconds }
}

export function answerInform(question: Question): Outcome {
  const { message } = question
  if (message.ciaddr === 0) return silence(because('noAddressToInform'))
  const network = networkOf(message.ciaddr, question.link)
  if (!network)
    return silence(because('wrongNetwork', message.ciaddr, question.link.networks[0].name))
  const grant = { type: messageType.ack, address: message.ciaddr, network }
  return { ...grantReply(question, grant), changes: [], why: because('informed', message.ciaddr) }
}

type Held =
  | { readonly kind: 'held'; readonly lease: Lease }
  | { readonly kind: 'refused'; readonly outcome: Outcome }

function heldBySender({ message, world, asking, client }: Question, address: Ip4): Held {
  const server = addressOption(message.options, optionCode.serverId)
  if (server === undefined || !world.settings.addresses.has(server))
    return { kind: 'refused', outcome: silence(because('forOtherServer', server ?? 0)) }
  const lease = world.leases.holder(address, world.now)
  const isTheirs =
    lease?.mac === asking.mac &&
    lease.state !== 'quarantined' &&
    (lease.clientId === undefined || lease.clientId === client.clientId)
  return isTheirs
    ? { kind: 'held', lease }
    : { kind: 'refused', outcome: silence(because('notTheirLease', address), 'CPC-DHCP-005') }
}
