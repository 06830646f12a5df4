// Why this file exists: a Redfish service with the documents of real vendors and a power button of its own.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import type { PowerState } from '#power'

const folder = join(import.meta.dirname, '../vectors/redfish')

export function document(name: string): string {
  return readFileSync(join(folder, `${name}.json`), 'utf8')
}

export interface Seen {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly authorization: string | undefined
  readonly ifMatch: string | undefined
}

type Answering = (seen: Seen, answer: http.ServerResponse) => void

/** A server on loopback that writes down what it was asked. */
export class Listener implements AsyncDisposable {
  readonly seen: Seen[] = []
  readonly #server: http.Server

  constructor(answering: Answering, tls?: { readonly key: string; readonly cert: string }) {
    const listen: http.RequestListener = (request, answer) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const seen = {
          method: request.method ?? '',
          path: request.url ?? '',
          body: Buffer.concat(parts).toString(),
          authorization: request.headers.authorization,
          ifMatch: request.headers['if-match'],
        }
        this.seen.push(seen)
        answering(seen, answer)
      })
    }
    this.#server = tls ? https.createServer(tls, listen) : http.createServer(listen)
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get host(): string {
    const address = this.#server.address()
    return typeof address === 'object' && address ? `127.0.0.1:${address.port}` : ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

export interface Machine {
  state: PowerState
  /** What the BMC shows for a while after each command; then the truth. */
  changing: number
  bootOnce: string | undefined
}

export const goodBasic = `Basic ${Buffer.from('admin:hunter2').toString('base64')}`

/** Answers as the system of that document would, with its own list of resets. */
export function vendor(name: string, machine: Machine): Answering {
  const text = document(name)
  return (seen, answer) => {
    if (seen.authorization !== goodBasic) {
      answer.writeHead(401).end(document('sushy-session_error'))
    } else if (seen.method === 'GET') {
      answer.setHeader('etag', 'W/"7"').end(withPower(text, machine))
    } else if (seen.method === 'PATCH') {
      const isFresh = seen.ifMatch === 'W/"7"'
      if (isFresh) machine.bootOnce = seen.body
      answer.writeHead(isFresh ? 204 : 412).end()
    } else press(seen, answer, { text, machine })
  }
}

function withPower(text: string, machine: Machine): string {
  const isChanging = machine.changing > 0
  if (isChanging) machine.changing -= 1
  const shown = { on: 'On', off: 'Off' }[machine.state]
  const state = isChanging ? `Powering${shown}` : shown
  return text.replace(/"PowerState": *"On"/, `"PowerState": "${state}"`)
}

interface Pressed {
  readonly text: string
  readonly machine: Machine
}

/** Only what the document offers is taken. */
function press(seen: Seen, answer: http.ServerResponse, { text, machine }: Pressed): void {
  const type = /^\{"ResetType":"(\w+)"\}$/.exec(seen.body)?.[1]
  const isOffered =
    type !== undefined && text.includes(`"${type}"`) && text.includes(`"${seen.path}"`)
  if (!isOffered) return void answer.writeHead(400).end(document('sushy-error'))
  machine.changing = 2
  machine.state = type === 'ForceOff' ? 'off' : 'on'
  answer.writeHead(204).end()
}
