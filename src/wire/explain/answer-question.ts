// Why this file exists: a question of core's is answered from what wire has at this moment, between two packets.
import type { Told, WireQuestion } from '#feed'
import type { WireContext } from '../context.ts'
import { explainSubject } from './explain.ts'
import { explainPackets } from './packets.ts'
import type { ExplainedEnd } from './places.ts'

type Asked = Pick<WireContext, 'picture' | 'book' | 'clock' | 'files' | 'lastSeen'>

/** `ends` in the order of the configuration, those of VOs behind them. */
export function answerQuestion(
  question: WireQuestion,
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
