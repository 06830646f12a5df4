// Why this file exists: REQUEST is four messages in one coat (RFC 2131 §4.3.2), and each has its own rule about when
// to say yes, when to say no, and when to be silent.
import { contains, type Ip4 } from '#directory'
import type { Lease, LeaseChange } from '../lease/lease.ts'
import { type AddressChoice, chooseAddress, networkOf } from './address.ts'
import { messageType, optionCode } from './option-code.table.ts'
import { addressOption } from './option-value.ts'
import { type Outcome, silence } from './outcome.ts'
import { holderOf, leaseSecondsFor, type Question } from './question.ts'
import { grantReply, refusalReply } from './reply.ts'
import { because, type Why } from './why.ts'

export type RequestState =
  | { readonly kind: 'selecting'; readonly server: Ip4; readonly address?: Ip4 }
  | { readonly kind: 'init-reboot'; readonly address: Ip4 }
  /** Or rebinding: they differ only in how the packet came. */
  | { readonly kind: 'renewing'; readonly address: Ip4 }
  | { readonly kind: 'nonsense' }

/** Table 4 of RFC 2131: which fields are filled tells the client's state. */
export function requestStateOf({ message }: Pick<Question, 'message'>): RequestState {
  const server = addressOption(message.options, optionCode.serverId)
  const address = addressOption(message.options, optionCode.requestedAddress)
  if (server !== undefined)
    return { kind: 'selecting', server, ...(address !== undefined && { address }) }
  if (message.ciaddr !== 0) return { kind: 'renewing', address: message.ciaddr }
  return address === undefined ? { kind: 'nonsense' } : { kind: 'init-reboot', address }
}

export function answerRequest(question: Question): Outcome {
  const state = requestStateOf(question)
  switch (state.kind) {
    case 'selecting':
      return answerSelecting(question, state.server, state.address ?? ciaddrOf(question))
    case 'init-reboot':
      return answerInitReboot(question, state.address)
    case 'renewing':
      return answerRenewing(question, state.address)
    case 'nonsense':
      return silence(because('noAddressAsked'))
  }
}

/** Some clients put the address where it does not belong in this state. */
function ciaddrOf({ message }: Question): Ip4 | undefined {
  return message.ciaddr === 0 ? undefined : message.ciaddr
}

function answerSelecting(question: Question, server: Ip4, wanted: Ip4 | undefined): Outcome {
  const { asking, world } = question
  if (!world.settings.addresses.has(server)) {
    const offers = world.leases
      .ofMac(asking.mac, world.now)
      .filter(({ state }) => state === 'offered')
      .map(({ address }): LeaseChange => ({ kind: 'drop', address }))
    // HOSTILE 10: nobody but us should be offering here.
    const why = because('strangeServerChosen', server)
    return { ...silence(why, 'CPC-DHCP-001'), stranger: server, changes: offers }
  }
  if (wanted === undefined) return silence(because('noAddressAsked'))
  return settle(question, wanted, chooseFor(question, wanted))
}

function answerInitReboot(question: Question, wanted: Ip4): Outcome {
  if (!networkOf(wanted, question.link)) return refuse(question, wrongNetwork(question, wanted))
  const choice = chooseFor(question, wanted)
  // §4.3.2: of a client that we have no record of we know nothing, not even that it is wrong.
  if (isGuess(choice, wanted)) return silence(because('noRecord', wanted))
  return settle(question, wanted, choice)
}

/**
 * A client that uses an address for which we have no record, of a pool in which nobody else has it: the record is
 * what was lost. It keeps the address, and we know of it again.
 */
function answerRenewing(question: Question, wanted: Ip4): Outcome {
  if (!networkOf(wanted, question.link)) return refuse(question, wrongNetwork(question, wanted))
  return settle(question, wanted, chooseFor(question, wanted))
}

function chooseFor(question: Question, wanted: Ip4): AddressChoice {
  return chooseAddress({ ...question.asking, wanted, isTaking: true }, question.world)
}

/** It could be theirs, but only because we know of nobody else's. */
function isGuess(choice: AddressChoice, wanted: Ip4): boolean {
  return !choice.ok || (choice.isNew && choice.address === wanted)
}

function wrongNetwork(question: Question, wanted: Ip4): Why {
  return because('wrongNetwork', wanted, question.link.networks[0].name)
}

/** §4.3.2: yes when the address is the one that we would give, no when it is another. */
function settle(question: Question, wanted: Ip4, choice: AddressChoice): Outcome {
  if (!choice.ok) return refuse(question, because('nothingForThem', wanted))
  if (choice.address !== wanted)
    return refuse(question, because('notTheirs', wanted, choice.address))
  const { network } = choice
  const seconds = leaseSecondsFor(question, network)
  const lease: Lease = {
    ...holderOf(question),
    address: wanted,
    state: 'bound',
    source: choice.source,
    since: question.world.now,
    seconds,
  }
  return {
    ...grantReply(question, { type: messageType.ack, address: wanted, network, seconds }),
    changes: [...outgrown(question, wanted), { kind: 'keep', lease }],
    why: choice.why,
  }
}

/** A card that takes an address has left the others it had on the same wire. */
function outgrown({ asking, world, link }: Question, taken: Ip4): readonly LeaseChange[] {
  return world.leases
    .ofMac(asking.mac, world.now)
    .filter(({ address }) => address !== taken)
    .filter(({ address }) => link.networks.some((network) => contains(network, address)))
    .map(({ address }) => ({ kind: 'drop', address }))
}

function refuse(question: Question, why: Why): Outcome {
  return { ...refusalReply(question, why), changes: [], why }
}
