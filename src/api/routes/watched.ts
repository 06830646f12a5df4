// Why this file exists: what is written by the thousand takes long. Who accepts JSON lines hears how far it is, and who
// goes away ends it.
import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiLimits } from '../limits.ts'
import { tell } from '../problem.ts'
import type { OrderWatch } from '../services.ts'

export const lines = 'application/x-ndjson'

type Asked = Pick<FastifyRequest, 'headers' | 'method' | 'url'>

interface Work<Result> {
  readonly order: (watch: OrderWatch) => Promise<Result>
  /** Returned, and read by nobody, when a problem was told by a line. */
  readonly unsaid: Result
}

export type AnswerWatched = <Result>(
  asked: Asked,
  reply: FastifyReply,
  work: Work<Result>,
) => Promise<Result>

export function answerWith({ orderProgressMs }: ApiLimits): AnswerWatched {
  return async ({ headers, method, url }, reply, { order, unsaid }) => {
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const wantsLines = headers.accept?.includes(lines) === true
    let toldAt = Date.now()
    let begun = false
    const write = (line: object): void => {
      if (!begun) {
        begun = true
        reply.hijack()
        reply.raw.writeHead(200, { 'content-type': lines, 'cache-control': 'no-store' })
      }
      reply.raw.write(`${JSON.stringify(line)}\n`)
    }
    const onProgress: OrderWatch['onProgress'] = (progress) => {
      if (!wantsLines || Date.now() - toldAt < orderProgressMs) return
      toldAt = Date.now()
      write({ kind: 'progress', progress })
    }
    try {
      const result = await order({ signal: gone.signal, onProgress })
      if (begun) write({ kind: 'result', result })
      return result
    } catch (error) {
      if (!begun) throw error
      const { problem } = tell(error, `${method} ${url}`, () => randomUUID().slice(0, 8))
      write({ kind: 'problem', problem })
      return unsaid
    } finally {
      if (begun) reply.raw.end()
    }
  }
}
