// Why this file exists: old cards and service processors speak BOOTP (RFC 951, RFC 1534 §2): one question, one answer,
// and an address for ever. Only the directory promises for so long.
import { chooseAddress } from './address.ts'
import { type Outcome, silence } from './outcome.ts'
import type { Question } from './question.ts'
import { bootpReply } from './reply.ts'
import { because } from './why.ts'

/** Nothing goes into the book: nobody else can be given a described address. */
export function answerBootp(question: Question): Outcome {
  const { asking, world } = question
  if (!asking.found) return silence(because('bootpStranger', asking.mac))
  const choice = chooseAddress(asking, world)
  if (!choice.ok) return silence(choice.why)
  // An address of the pool has an end, and a BOOTP client would never hear of it.
  if (choice.source === 'pool') return silence(choice.why)
  const { address, network, why } = choice
  return { ...bootpReply(question, address, network), changes: [], why }
}
