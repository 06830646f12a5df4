// Why this file exists: the appliance as the commands see it: questions with typed answers; what comes back is not
// believed until it has the shape that the API promises.
import { z } from 'zod'
import {
  type BootChoice,
  type EventView,
  eventView,
  explanation,
  type LeaseView,
  leaseView,
  type LintView,
  lintView,
  type MachineChange,
  type MachineRequest,
  type MachineView,
  machineView,
  type NetworkRequest,
  type NetworkView,
  networkView,
  newTokenView,
  pageItemsMax,
  pageOf,
  powerAnswer,
  type PowerAction,
  problem,
  type StatusView,
  statusView,
  type TimelineView,
  timelineView,
  type TokenView,
  tokenView,
  type WaitingView,
  waitingView,
} from '#api'
import { Fault, findFaultCode } from '#fault'
import { readEvents } from './event-lines.ts'
import type { Answer, Exchange, Question } from './http.ts'
import { describePlace } from './place.ts'

export interface Appliance {
  readonly machines: {
    list(tag?: string): Promise<readonly MachineView[]>
    show(name: string): Promise<MachineView>
    add(request: MachineRequest): Promise<MachineView>
    change(name: string, change: MachineChange): Promise<MachineView>
    remove(name: string): Promise<void>
    timeline(name: string): Promise<TimelineView>
    power(name: string, action: PowerAction): Promise<'on' | 'off' | 'unknown'>
    boot(name: string, next: BootChoice): Promise<void>
    waiting(): Promise<readonly WaitingView[]>
    adopt(mac: string, name: string): Promise<MachineView>
  }
  readonly networks: {
    list(): Promise<readonly NetworkView[]>
    show(name: string): Promise<NetworkView>
    add(request: NetworkRequest): Promise<NetworkView>
    remove(name: string): Promise<void>
  }
  readonly tokens: {
    list(): Promise<readonly TokenView[]>
    add(name: string, role: string): Promise<TokenView & { readonly secret: string }>
    revoke(id: string): Promise<void>
  }
  leases(): Promise<readonly LeaseView[]>
  lint(): Promise<readonly LintView[]>
  status(): Promise<StatusView>
  explain(subject: string): Promise<readonly string[]>
  decideHeld(decision: 'accept' | 'reject'): Promise<void>
  events(listener: (event: EventView) => void, signal: AbortSignal): Promise<void>
}

/** More pages than any directory has; a server that never ends its list does not hold us for ever. */
const pagesMax = 1000

export function openAppliance(exchange: Exchange): Appliance {
  const asking = new Asking(exchange)
  return {
    machines: machinesOf(asking),
    networks: {
      list: () => asking.list('/v1/networks', networkView),
      show: (name) => asking.one(get(at('/v1/networks', name)), networkView),
      add: (body) => asking.one({ method: 'POST', path: '/v1/networks', body }, networkView),
      remove: (name) => asking.nothing({ method: 'DELETE', path: at('/v1/networks', name) }),
    },
    tokens: {
      list: () => asking.list('/v1/tokens', tokenView),
      add: (name, role) =>
        asking.one({ method: 'POST', path: '/v1/tokens', body: { name, role } }, newTokenView),
      revoke: (id) => asking.nothing({ method: 'DELETE', path: at('/v1/tokens', id) }),
    },
    leases: () => asking.list('/v1/leases', leaseView),
    lint: () => asking.list('/v1/lint', lintView),
    status: () => asking.one(get('/v1/status'), statusView),
    explain: async (subject) =>
      (await asking.one(get(at('/v1/explain', subject)), explanation)).lines,
    decideHeld: (decision) =>
      asking.nothing({ method: 'POST', path: '/v1/directory/held', body: { decision } }),
    events: (listener, signal) => asking.events(listener, signal),
  }
}

function machinesOf(asking: Asking): Appliance['machines'] {
  const all = '/v1/machines'
  return {
    list: (tag) => asking.list(all, machineView, tag === undefined ? {} : { tag }),
    show: (name) => asking.one(get(at(all, name)), machineView),
    add: (body) => asking.one({ method: 'POST', path: all, body }, machineView),
    change: (name, body) => asking.one({ method: 'PATCH', path: at(all, name), body }, machineView),
    remove: (name) => asking.nothing({ method: 'DELETE', path: at(all, name) }),
    timeline: (name) => asking.one(get(`${at(all, name)}/timeline`), timelineView),
    power: async (name, action) => {
      const path = `${at(all, name)}/power`
      return (await asking.one({ method: 'POST', path, body: { action } }, powerAnswer)).power
    },
    boot: (name, next) =>
      asking.nothing({ method: 'POST', path: `${at(all, name)}/boot`, body: { next } }),
    waiting: () => asking.list('/v1/waiting', waitingView),
    adopt: (mac, name) =>
      asking.one(
        { method: 'POST', path: `${at('/v1/waiting', mac)}/adopt`, body: { name } },
        machineView,
      ),
  }
}

function get(path: string): Question {
  return { method: 'GET', path }
}

function at(collection: string, name: string): string {
  return `${collection}/${encodeURIComponent(name)}`
}

/** Questions of every kind, and what their answers must look like. */
class Asking {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  async one<T>(question: Question, shape: z.ZodType<T>): Promise<T> {
    const answer = await this.#ask(question)
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

  async #ask(question: Question): Promise<Answer> {
    const answer = await this.#exchange.ask(question)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw this.#refusal(question, answer)
  }

  #refusal(question: Question, answer: Answer): Fault {
    const told = problem.safeParse(parseJson(answer.text))
    if (!told.success) return this.#strange(question, `HTTP status ${answer.status}`)
    const { what, where, why, do: todo, code } = told.data
    const known = findFaultCode(code)
    return known === undefined
      ? new Fault('CPC-CLI-005', { what, where, why: `${why} (${code})`, todo })
      : new Fault(known, { what, where, why, todo })
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
