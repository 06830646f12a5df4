// Why this file exists: the edge of boot HTTP: loaders and first stages fetch scripts, kernels and images here, in
// plain text and by anyone, so it gives only what is in its map, and its patience has an end everywhere.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { parseIp4 } from '#directory'
import type { TransferSighting } from '#feed'
import { type BootFiles, type HeldFile, findAsked, printableName } from '../files/boot-files.ts'
import { RefusalBudget } from '../files/refusal-budget.ts'
import { pour } from './pour.ts'
import { parseRange, rangeStillHolds } from './range.ts'
import { refuse, refuseClient } from './refuse.ts'
import type { Route, RouteAnswer, Routes } from './route.ts'
import { parseTarget, type Target } from './target.ts'

export interface BootHttpOptions {
  readonly files: BootFiles
  readonly routes: Routes
  readonly onTransfer: (sighting: TransferSighting) => void
  /** A route threw, or the listening socket failed. */
  readonly onError: (error: unknown) => void
  readonly clock: { readonly now: () => number; readonly wall: () => number }
  readonly limits?: Partial<BootHttpLimits>
}

export interface BootHttpLimits {
  /** HOSTILE 28: how long headers, a whole request, and the next request on a connection may take. */
  readonly headersMillisMax: number
  readonly requestMillisMax: number
  readonly keepAliveMillisMax: number
  /** Without one byte taken. */
  readonly idleMillisMax: number
  readonly transferMillisMax: number
  readonly connectionsMax: number
  /** One machine, or one address translator, cannot have them all. */
  readonly connectionsPerAddressMax: number
}

export const bootHttpLimits: BootHttpLimits = {
  headersMillisMax: 10_000,
  requestMillisMax: 20_000,
  keepAliveMillisMax: 15_000,
  idleMillisMax: 30_000,
  transferMillisMax: 3_600_000,
  connectionsMax: 4_096,
  connectionsPerAddressMax: 1_024,
}
const headerBytesMax = 16_384
const checkEveryMillis = 1_000

export class BootHttpServer {
  readonly #options: BootHttpOptions
  readonly #limits: BootHttpLimits
  readonly #routes: ReadonlyMap<string, Route>
  readonly #server: Server
  readonly #budget = new RefusalBudget()
  readonly #answering = new WeakMap<Duplex, ServerResponse>()
  readonly #connections = new Map<string, number>()

  constructor(options: BootHttpOptions) {
    this.#options = options
    this.#limits = { ...bootHttpLimits, ...options.limits }
    this.#routes = new Map(Object.entries(options.routes))
    this.#server = createServer(
      {
        insecureHTTPParser: false,
        maxHeaderSize: headerBytesMax,
        headersTimeout: this.#limits.headersMillisMax,
        requestTimeout: this.#limits.requestMillisMax,
        keepAliveTimeout: this.#limits.keepAliveMillisMax,
        connectionsCheckingInterval: Math.min(checkEveryMillis, this.#limits.headersMillisMax),
      },
      (request, response) => void this.#answer(request, response),
    )
    this.#server.maxConnections = this.#limits.connectionsMax
    this.#server.setTimeout(this.#limits.idleMillisMax)
    this.#server.on('connection', (socket) => this.#count(socket))
    this.#server.on('clientError', (error, socket) =>
      refuseClient(error, socket, this.#answering.get(socket)),
    )
  }

  /** The port that it listens on. A descriptor comes from a socket that is bound to its interface. */
  listen(where: { readonly fd: number } | { readonly host: string; readonly port: number }) {
    return new Promise<number>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(where, () => {
        this.#server.removeListener('error', reject)
        this.#server.on('error', this.#options.onError)
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #count(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const open = (this.#connections.get(address) ?? 0) + 1
    if (open > this.#limits.connectionsPerAddressMax) return void socket.destroy()
    this.#connections.set(address, open)
    socket.once('close', () => {
      const left = (this.#connections.get(address) ?? 1) - 1
      if (left === 0) this.#connections.delete(address)
      else this.#connections.set(address, left)
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', socket } = request
    this.#answering.set(socket, response)
    response.once('close', () => this.#answering.delete(socket))
    const target = parseTarget(request.url ?? '')
    // Nothing that is asked here has a body; one that comes all the same is not read (HOSTILE 20).
    if (!target || hasBody(request)) return refuse(response, 400)
    if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405)
    const route = this.#routes.get(`GET ${target.path}`)
    try {
      if (route) await this.#follow(route, target, request, response)
      else await this.#give(target, request, response)
    } catch (error) {
      this.#options.onError(error)
      refuse(response, 500)
    }
  }

  async #follow(
    route: Route,
    target: Target,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const answer: RouteAnswer = await route({ ...target, ...addressOf(request) })
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.contentType,
      'content-length': body.length,
      'cache-control': 'no-store',
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  async #give(target: Target, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = target.path.replace(/^\/(files\/)?/, '')
    const asked = findAsked(this.#options.files, name)
    if (asked.kind !== 'file') {
      this.#tellRefused(request, name)
      return refuse(response, 404)
    }
    const { file } = asked
    const tag = `"${file.digest}"`
    const holds = rangeStillHolds(request.headers['if-range']?.toString(), tag)
    const range = parseRange(holds ? request.headers.range : undefined, file.bytes.length)
    const common = { 'accept-ranges': 'bytes', etag: tag, 'content-type': typeOf(file.name) }
    if (range.kind === 'unsatisfiable') {
      return refuse(response, 416, { 'content-range': `bytes */${file.bytes.length}` })
    }
    const { from, to } = range.kind === 'part' ? range : { from: 0, to: file.bytes.length - 1 }
    response.writeHead(range.kind === 'part' ? 206 : 200, {
      ...common,
      'content-length': to - from + 1,
      ...(range.kind === 'part'
        ? { 'content-range': `bytes ${from}-${to}/${file.bytes.length}` }
        : {}),
    })
    await this.#transfer({ file, from, to }, request, response)
  }

  async #transfer(part: Part, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = this.#options.clock.now()
    const isProbe = request.method === 'HEAD'
    const poured = isProbe
      ? endOnly(response)
      : await pour(response, part.file.bytes.subarray(part.from, part.to + 1), {
          millisMax: this.#limits.transferMillisMax,
        })
    const outcome = isProbe ? 'probe' : poured.whole ? 'whole' : 'cut-off'
    this.#tell(request, {
      file: part.file.name,
      bytes: poured.bytes,
      millis: this.#options.clock.now() - startedAt,
      outcome,
      why: reasonFor(outcome, part),
    })
  }

  #tellRefused(request: IncomingMessage, name: string): void {
    const untold = this.#budget.take(this.#options.clock.now())
    if (untold === undefined) return
    const why = `there is no such boot file${untold === 0 ? '' : ` (${untold} more before it)`}`
    this.#tell(request, { file: printableName(name), bytes: 0, millis: 0, outcome: 'refused', why })
  }

  #tell(
    request: IncomingMessage,
    what: Pick<TransferSighting, 'file' | 'bytes' | 'millis' | 'outcome' | 'why'>,
  ): void {
    const at = this.#options.clock.wall()
    this.#options.onTransfer({
      kind: 'transfer',
      protocol: 'http',
      at,
      ...addressOf(request),
      ...what,
    })
  }
}

interface Part {
  readonly file: HeldFile
  readonly from: number
  readonly to: number
}

function endOnly(response: ServerResponse) {
  response.end()
  return { bytes: 0, whole: true }
}

function reasonFor(outcome: 'probe' | 'whole' | 'cut-off', { file, from, to }: Part): string {
  if (outcome === 'probe') return 'the client only asked for the size'
  const size = file.bytes.length
  const part = to - from + 1 === size ? `all ${size} bytes` : `bytes ${from}-${to} of ${size}`
  return outcome === 'whole' ? part : `the connection ended before ${part} were taken`
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined
}

function addressOf(request: IncomingMessage) {
  const address = parseIp4((request.socket.remoteAddress ?? '').replace(/^::ffff:/i, ''))
  return address === undefined ? {} : { address }
}

function typeOf(name: string): string {
  if (name.endsWith('.efi')) return 'application/efi' // UEFI HTTP Boot knows it by this
  return /\.(ipxe|txt|cfg|pem)$/.test(name)
    ? 'text/plain; charset=utf-8'
    : 'application/octet-stream'
}
