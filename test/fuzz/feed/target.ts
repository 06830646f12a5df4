// Why this file exists: each end of the feed hears bent frames, cut anywhere. It may end the connection with a reason; what it
// understood means the same when it is said again, and can be followed.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { FeedMessage, WireMessage } from '#feed'
import { attachFeed } from '../../../src/feed/connection.ts'
import { encodeFrame, FrameReader } from '../../../src/feed/frames.ts'
import { asTold } from '../../../src/feed/parts.ts'
import { readFeedMessage, readWireMessage, type ReadResult } from '../../../src/feed/read.ts'
import { type FeedState, follow } from '../../../src/wire/picture.ts'
import { MemoryStream } from '../memory-stream.ts'
import { below } from '../random.ts'
import type { Round, Target, Verdict } from '../target.ts'
import { goodMessages, makeFeed } from './inputs.ts'

const cutsMax = 4
const endsMax = 1

/** Wire's, as core tells it. */
function follower(): (value: unknown) => void {
  let state: FeedState = {}
  const take = (value: unknown): void => {
    const read = readFeedMessage(value)
    if (read.ok) state = follow(state, read.value)
  }
  for (const message of goodMessages) take(message)
  return take
}

function round(): Round {
  const take = follower()
  return {
    async hear(bytes, random) {
      const heard = await hearAs(readFeedMessage, bytes, random)
      const told = await hearAs(readWireMessage, bytes, random)
      for (const message of heard.messages) take(saidAgain(message))
      if (heard.messages.length + told.messages.length > 0) return 'answered'
      const isOver = heard.reasons.length > 0 || told.reasons.length > 0
      return (isOver ? 'refused' : 'silent') satisfies Verdict
    },
  }
}

async function hearAs<In extends FeedMessage | WireMessage>(
  read: (value: unknown) => ReadResult<In>,
  bytes: Uint8Array,
  random: () => number,
) {
  const stream = new MemoryStream('', 0)
  const messages: In[] = []
  const reasons: string[] = []
  attachFeed<In, unknown>(stream, {
    read,
    onMessage: (message) => {
      assert.equal(reasons.length, 0, 'nothing is heard after the end')
      assert.deepEqual(read(saidAgain(message)), { ok: true, value: message })
      messages.push(message)
    },
    onEnd: (reason) => reasons.push(reason),
  })
  const cuts = Array.from({ length: below(random, cutsMax) }, () => below(random, bytes.length))
  stream.say(bytes, cuts)
  await turn()
  assert.ok(reasons.length <= endsMax)
  for (const reason of reasons) assert.match(reason, /\w/)
  stream.destroy()
  return { messages, reasons }
}

/** As core would tell it. */
function saidAgain(message: FeedMessage | WireMessage): unknown {
  const told = 'deltas' in message ? { ...message, deltas: message.deltas.map(asTold) } : message
  const frames = new FrameReader().push(encodeFrame(told))
  assert.ok(frames.ok)
  return frames.messages[0]
}

export const feedTarget: Target = { name: 'feed', make: makeFeed, round }
