// Why this file exists: a question to wire has an answer within its time or a plain reason why not: wire is away, wire is
// late, or too many are asking. Nobody waits for ever, and nothing is kept of whoever gave up.
import { Fault } from '#fault'
import type { FeedMessage } from './message.ts'
import { type AnswerTo, isAnswerTo, type WireAnswer, type WireQuestion } from './question.ts'

/** Answering takes wire milliseconds; packets of machines that boot go first all the same. */
export const answerMsMax = 5_000
/** More than any number of people ask at once. */
export const questionsOpenMax = 64

export interface AskingParts {
  /** `undefined` while wire is away. */
  readonly send: () => ((message: FeedMessage) => void) | undefined
  /** Calls back then, unless what it returns was called before. */
  readonly later: (milliseconds: number, action: () => void) => () => void
}

interface Open {
  readonly resolve: (told: WireAnswer) => void
  readonly reject: (fault: Fault) => void
  readonly stopWaiting: () => void
}

export class AskingWire {
  readonly #parts: AskingParts
  readonly #open = new Map<number, Open>()
  #lastId = 0

  constructor(parts: AskingParts) {
    this.#parts = parts
  }

  async ask<Q extends WireQuestion>(question: Q): Promise<AnswerTo<Q>> {
    const answer = await this.#ask(question)
    if (isAnswerTo(question, answer)) return answer
    throw new TypeError(`a question for ${question.kind} was answered with ${answer.subject}`)
  }

  #ask(question: WireQuestion): Promise<WireAnswer> {
    const send = this.#parts.send()
    if (send === undefined) return Promise.reject(wireIsAway('the feed to it is closed'))
    if (this.#open.size >= questionsOpenMax) return Promise.reject(tooMany())
    const id = (this.#lastId += 1)
    const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>()
    const stopWaiting = this.#parts.later(answerMsMax, () => this.#end(id)?.reject(late()))
    this.#open.set(id, { resolve, reject, stopWaiting })
    send({ kind: 'question', id, question })
    return promise
  }

  /** An answer that nobody waits for any more is nobody's. */
  answered(id: number, told: WireAnswer): void {
    this.#end(id)?.resolve(told)
  }

  /** Wire has gone, and what it was asked with it. */
  lost(reason: string): void {
    for (const id of this.#open.keys()) this.#end(id)?.reject(wireIsAway(reason))
  }

  #end(id: number): Open | undefined {
    const open = this.#open.get(id)
    this.#open.delete(id)
    open?.stopWaiting()
    return open
  }
}

const where = 'wire, the process that answers machines'

export function wireIsAway(why: string): Fault {
  return new Fault('CPC-FEED-001', {
    what: 'it cannot be told what machines get',
    where,
    why: `it is away: ${why}`,
    todo: 'it is started again by itself: ask again in a moment; coppice status shows whether it is back',
  })
}

function late(): Fault {
  return new Fault('CPC-FEED-002', {
    what: 'it was not told in time what machines get',
    where,
    why: `no answer within ${answerMsMax / 1000} s`,
    todo: 'it may be busy with a boot storm: ask again in a moment, and look at coppice status',
  })
}

function tooMany(): Fault {
  return new Fault('CPC-FEED-003', {
    what: 'too many ask at once what machines get',
    where,
    why: `${questionsOpenMax} questions are open already, which is the limit`,
    todo: 'ask again in a moment, one question after the other',
  })
}
