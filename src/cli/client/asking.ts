// Why this file exists: every question to the appliance ends in a typed answer or in a Fault; what comes back is not
// believed until it has the shape that the API promises.
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import {
  type EventView,
  eventView,
  orderLine,
  type OrderProgress,
  ordersView,
  type OrdersView,
  pageItemsMax,
  pageOf,
  problem,
} from '#api'
import { Fault } from '#fault'
import { type Answer, type Question, unanswered } from './answer.ts'
import { readEvents } from './event-lines.ts'
import type { Exchange } from './http.ts'
import { describePlace } from './place.ts'
import { toldFault } from './told-fault.ts'
import type { Upload } from './upload.ts'

/** More pages than any directory has; a server that never ends its list does not hold us for ever. */
const pagesMax = 1000
/** What tells progress is short; a long line is the answer itself. */
const progressCharactersMax = 1000

export function get(path: string): Question {
  return { method: 'GET', path }
}

export function at(collection: string, name: string): string {
  return `${collection}/${encodeURIComponent(name)}`
}

/** Questions of every kind, and what their answers must look like. */
export class Asking {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  async one<T>(question: Question, shape: z.ZodType<T>): Promise<T> {
    return this.#shaped(question, await this.#ask(question), shape)
  }

  /** An order for many: told of by lines when it takes long, else answered like any question. */
  async order<View>(
    question: Question,
    view: z.ZodType<View>,
    onProgress: (progress: OrderProgress) => void,
  ): Promise<OrdersView<View>> {
    return this.watched(question, ordersView(view), onProgress)
  }

  /** What takes long to write, whatever it is answered with. */
  async watched<Result>(
    question: Question,
    result: z.ZodType<Result>,
    onProgress: (progress: OrderProgress) => void,
  ): Promise<Result> {
    const shape = orderLine(result)
    const onLine = (line: string): void => {
      const told =
        line.length < progressCharactersMax ? shape.safeParse(parseJson(line)) : undefined
      if (told?.data?.kind === 'progress') onProgress(told.data.progress)
    }
    const answer = await this.#ask({ ...question, onLine })
    const { data: last } = shape.safeParse(parseJson(answer.text))
    if (last === undefined) return this.#shaped(question, answer, result)
    if (last.kind === 'result') return last.result
    if (last.kind === 'problem') throw toldFault(last.problem)
    throw this.#strange(question, 'it ended before the order did')
  }

  async upload<T>(order: Upload, shape: z.ZodType<T>): Promise<T> {
    const question: Question = { method: 'POST', path: order.path }
    const answer = await this.#exchange.upload(order)
    if (!isSuccess(answer)) throw this.#refusal(question, answer)
    return this.#shaped(question, answer, shape)
  }

  /** Bytes both ways from now on. */
  async converse(path: string, protocol: string): Promise<Duplex> {
    const upgraded = await this.#exchange.upgrade(path, protocol)
    if (upgraded.kind === 'open') return upgraded.socket
    throw this.#refusal(get(path), upgraded.answer)
  }

  #shaped<T>(question: Question, answer: Answer, shape: z.ZodType<T>): T {
    const parsed = shape.safeParse(parseJson(answer.text))
    if (parsed.success) return parsed.data
    throw this.#strange(question, z.prettifyError(parsed.error).replaceAll('\n', ' '))
  }

  async nothing(question: Question): Promise<void> {
    await this.#ask(question)
  }

  async list<T>(
    path: string,
    shape: z.ZodType<T>,
    filter: Readonly<Record<string, string>> = {},
  ): Promise<readonly T[]> {
    const items: T[] = []
    const query = new URLSearchParams({ ...filter, limit: String(pageItemsMax) })
    for (let page = 0; page < pagesMax; page += 1) {
      const question = get(`${path}?${query.toString()}`)
      const { items: more, next } = await this.one(question, pageOf(shape))
      for (const item of more) items.push(item)
      if (next === undefined) return items
      query.set('after', next)
    }
    throw this.#strange(get(path), `its list has not ended after ${pagesMax} pages`)
  }

  async events(listener: (event: EventView) => void, signal: AbortSignal): Promise<void> {
    const question = get('/v1/events')
    const response = await this.#exchange.follow(question.path, 'application/x-ndjson', signal)
    if (response.statusCode !== 200) {
      const text = (await response.toArray()).join('')
      throw this.#refusal(question, { status: response.statusCode ?? 0, text })
    }
    await readEvents(response, (line) => {
      const event = eventView.safeParse(parseJson(line))
      if (event.success) listener(event.data)
    })
  }

  /** A text that may be longer than memory, piece by piece as it comes. */
  async file(
    path: string,
    onBytes: (bytes: Uint8Array) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const question = get(path)
    const response = await this.#exchange.follow(path, 'text/plain', signal)
    if (response.statusCode !== 200) {
      const text = (await response.toArray()).join('')
      throw this.#refusal(question, { status: response.statusCode ?? 0, text })
    }
    try {
      for await (const part of response) if (Buffer.isBuffer(part)) await onBytes(part)
    } catch (error) {
      throw unanswered(error, this.#exchange.place)
    }
  }

  async #ask(question: Question): Promise<Answer> {
    const answer = await this.#exchange.ask(question)
    if (isSuccess(answer)) return answer
    throw this.#refusal(question, answer)
  }

  #refusal(question: Question, answer: Answer): Fault {
    const told = problem.safeParse(parseJson(answer.text))
    if (!told.success) return this.#strange(question, `HTTP status ${answer.status}`)
    return toldFault(told.data)
  }

  #strange({ method, path }: Question, why: string): Fault {
    return new Fault('CPC-CLI-005', {
      what: 'the answer is not what an appliance answers',
      where: `${describePlace(this.#exchange.place)} ${method} ${path}`,
      why,
      todo: 'look whether the address is right, and whether both are of the same version',
    })
  }
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
