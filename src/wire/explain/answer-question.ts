// Why this file exists: a question of core's is answered from what wire has at this moment, between two packets.
import type { Told, WireAnswer, WireQuestion } from '#feed'
import { releaseLease, tellLeases } from '../told-leases.ts'
import type { WireContext } from '../context.ts'
import { explainSubject } from './explain.ts'
import { explainPackets } from './packets.ts'
import type { ExplainedEnd } from './places.ts'

type Asked = Pick<WireContext, 'picture' | 'book' | 'journal' | 'clock' | 'files' | 'lastSeen'>

/** `ends` in the order of the configuration, those of VOs behind them. */
export async function answerQuestion(
  question: WireQuestion,
  asked: Asked,
  ends: readonly ExplainedEnd[],
): Promise<WireAnswer> {
  switch (question.kind) {
    case 'leases':
      return tellLeases(asked.book, question, asked.clock())
    case 'release':
      return releaseLease(asked, question, asked.clock())
    default:
      return explain(question, asked, ends)
  }
}

function explain(
  question: Extract<WireQuestion, { readonly kind: 'subject' | 'packets' }>,
  { picture, book, clock, files, lastSeen }: Asked,
  ends: readonly ExplainedEnd[],
): Told {
  const now = picture()
  if (now === undefined) throw new Error('there is no snapshot yet')
  const explaining = { picture: now, book, now: clock(), files, ends, lastSeen }
  switch (question.kind) {
    case 'subject':
      return explainSubject(question.subject, explaining, question.deltas)
    case 'packets':
      return explainPackets(question.packets, explaining)
  }
}
