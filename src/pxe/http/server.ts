// Why this file exists: the edge of boot HTTP: loaders and first stages fetch scripts, kernels and images here, in
// plain text and by anyone, so it gives only what is in its map, and its patience has an end everywhere.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { parseIp4 } from '#directory'
import type { TransferSighting } from '#feed'
import {
  type BootFile,
  type BootFiles,
  findAsked,
  printableName,
  sizeOf,
} from '../files/boot-files.ts'
import { RefusalBudget } from '../files/refusal-budget.ts'
import { type ConnectionLimits, Connections } from './connections.ts'
import { type Part, type Pieces, piecesOf } from './piece.ts'
import { pour } from './pour.ts'
import { type HttpRefusal, httpRefusals } from './refusal.table.ts'
import { isAlreadyThere, parseRange, type Range, rangeStillHolds } from './range.ts'
import { refuse, refuseClient } from './refuse.ts'
import type { Route, RouteAnswer, Routes } from './route.ts'
import { parseTarget, type Target } from './target.ts'

export interface BootHttpOptions {
  readonly files: BootFiles
  readonly routes: Routes
  readonly onTransfer: (sighting: TransferSighting) => void
  /** One more that ended or was refused by this rule, told or not. */
  readonly count?: (rule: HttpRule) => void
  /** A route threw, or the listening socket failed. */
  readonly onError: (error: unknown) => void
  readonly clock: { readonly now: () => number; readonly wall: () => number }
  readonly limits?: Partial<BootHttpLimits>
}

export interface BootHttpLimits extends ConnectionLimits {
  /** HOSTILE 28: how long headers, a whole request, and the next request on a connection may take. */
  readonly headersMillisMax: number
  readonly requestMillisMax: number
  readonly keepAliveMillisMax: number
  /** Without one byte taken. */
  readonly idleMillisMax: number
  readonly transferMillisMax: number
  /** Files that are too large for memory: each such transfer has a buffer and an open file. */
  readonly diskTransfersMax: number
}

export const bootHttpLimits: BootHttpLimits = {
  headersMillisMax: 20_000,
  requestMillisMax: 30_000,
  keepAliveMillisMax: 15_000,
  idleMillisMax: 30_000,
  transferMillisMax: 3_600_000,
  connectionsMax: 4_096,
  connectionsPerAddressMax: 1_024,
  diskTransfersMax: 256,
}
const headerBytesMax = 16_384
const checkEveryMillis = 1_000
/** Accepted although all are taken, to see whom to end for it. */
const connectionsInDoubtMax = 64
const comeBack = { 'retry-after': '2' }

export class BootHttpServer {
  readonly #options: BootHttpOptions
  readonly #limits: BootHttpLimits
  readonly #routes: ReadonlyMap<string, Route>
  readonly #server: Server
  readonly #budget = new RefusalBudget()
  readonly #answering = new WeakMap<Duplex, ServerResponse>()
  readonly #connections: Connections
  #diskTransfers = 0

  constructor(options: BootHttpOptions) {
    this.#options = options
    this.#limits = { ...bootHttpLimits, ...options.limits }
    this.#routes = new Map(Object.entries(options.routes))
    this.#connections = new Connections(this.#limits, options.clock.now)
    this.#server = createServer(
      {
        insecureHTTPParser: false,
        // We refuse it ourselves: a refusal, too, tells its length.
        requireHostHeader: false,
        maxHeaderSize: headerBytesMax,
        headersTimeout: this.#limits.headersMillisMax,
        requestTimeout: this.#limits.requestMillisMax,
        keepAliveTimeout: this.#limits.keepAliveMillisMax,
        connectionsCheckingInterval: Math.min(checkEveryMillis, this.#limits.headersMillisMax),
      },
      (request, response) => void this.#answer(request, response),
    )
    this.#server.maxConnections = this.#limits.connectionsMax + connectionsInDoubtMax
    this.#server.setTimeout(this.#limits.idleMillisMax)
    // RFC 9110 §10.1.1: the answer itself may come in place of "100 Continue", and nothing that is asked here has a body.
    // Behind another request Node would write those words into the middle of an answer.
    this.#server.on('checkContinue', (request, response) => void this.#answer(request, response))
    this.#server.on('checkExpectation', (_, response) => refuse(response, 417))
    this.#server.on('connection', (socket) => {
      // One for each answer that waits on it; Node reads no further requests while those hold much.
      socket.setMaxListeners(0)
      this.#connections.take(socket)
    })
    this.#server.on('clientError', (error, socket) => {
      options.count?.('malformed')
      refuseClient(error, socket, this.#answering.get(socket))
    })
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

  /** A client that came by another way than the listening socket. */
  accept(stream: Duplex): void {
    this.#server.emit('connection', stream)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', socket } = request
    this.#connections.heard(socket)
    this.#answering.set(socket, response)
    response.once('close', () => {
      // Requests may come before their forerunners are answered: the last one's answer is the last.
      if (this.#answering.get(socket) === response) this.#answering.delete(socket)
    })
    const target = parseTarget(request.url ?? '')
    // Nothing that is asked here has a body; one that comes all the same is not read (HOSTILE 20).
    if (!target || hasBody(request) || isDoubtful(request))
      return this.#refuse(request, response, { rule: 'malformed', name: '?' })
    const { path: name } = target
    if (method !== 'GET' && method !== 'HEAD')
      return this.#refuse(request, response, { rule: 'method', name })
    const route = this.#routes.get(`GET ${target.path}`)
    try {
      if (route) await this.#follow(route, target, request, response)
      else await this.#give(target, request, response)
    } catch (error) {
      this.#options.onError(error)
      this.#refuse(request, response, { rule: 'failed', name })
    }
  }

  async #follow(
    route: Route,
    target: Target,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const answer: RouteAnswer = await route({ ...target, ...addressOf(request) })
    if (response.destroyed) return
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
    if (asked.kind !== 'file') return this.#refuse(request, response, { rule: 'notFound', name })
    await this.#giveFile(asked.file, request, response)
  }

  async #giveFile(file: BootFile, request: IncomingMessage, response: ServerResponse) {
    const tag = `"${file.digest}"`
    if (isAlreadyThere(request.headers['if-none-match'], tag)) {
      response.writeHead(304, { etag: tag }).end()
      const why = 'the client has this version already'
      this.#options.count?.('notModified')
      return this.#tell(request, { outcome: 'probe', why, file: file.name, bytes: 0, millis: 0 })
    }
    const size = sizeOf(file)
    const range = rangeOf(request, tag, size)
    if (range.kind === 'unsatisfiable')
      return this.#refuse(request, response, {
        rule: 'range',
        name: file.name,
        headers: { 'content-range': `bytes */${size}` },
      })
    const { from, to } = range.kind === 'part' ? range : { from: 0, to: size - 1 }
    const headers = {
      'accept-ranges': 'bytes',
      etag: tag,
      'content-type': typeOf(file.name),
      'content-length': to - from + 1,
      ...(range.kind === 'part' ? { 'content-range': `bytes ${from}-${to}/${size}` } : {}),
    }
    const status = range.kind === 'part' ? 206 : 200
    await this.#transfer({ file, from, to }, request, response, () =>
      response.writeHead(status, headers),
    )
  }

  async #transfer(
    part: Part,
    request: IncomingMessage,
    response: ServerResponse,
    begin: () => void,
  ): Promise<void> {
    if (request.method === 'HEAD') {
      begin()
      response.end()
      return this.#tellPart(request, part, { outcome: 'probe', bytes: 0, millis: 0 })
    }
    const startedAt = this.#options.clock.now()
    const pieces = await this.#open(part)
    if (!pieces)
      return this.#refuse(request, response, {
        rule: 'busy',
        name: part.file.name,
        headers: comeBack,
      })
    begin()
    const { bytes, whole } = await pour(response, pieces, {
      connection: request.socket,
      millisMax: this.#limits.transferMillisMax,
    })
    if (part.file.kind === 'disk') this.#diskTransfers -= 1
    const millis = this.#options.clock.now() - startedAt
    this.#tellPart(request, part, { outcome: whole ? 'whole' : 'cut-off', bytes, millis })
  }

  /** `undefined`: not now; the file is being replaced, or too many are read from the disk at once. */
  async #open(part: Part): Promise<Pieces | undefined> {
    if (part.file.kind === 'held') return piecesOf(part)
    if (this.#diskTransfers >= this.#limits.diskTransfersMax) return undefined
    this.#diskTransfers += 1
    try {
      return await piecesOf(part)
    } catch (error) {
      this.#diskTransfers -= 1
      this.#options.onError(error)
      return undefined
    }
  }

  #tellPart(
    request: IncomingMessage,
    part: Part,
    what: Pick<TransferSighting, 'bytes' | 'millis'> & { readonly outcome: PartOutcome },
  ): void {
    this.#options.count?.(ruleOf[what.outcome])
    this.#tell(request, { ...what, file: part.file.name, why: reasonFor(what.outcome, part) })
  }

  #refuse(request: IncomingMessage, response: ServerResponse, refused: Refused): void {
    const { rule, name, headers } = refused
    const { status, why } = httpRefusals[rule]
    this.#options.count?.(rule)
    this.#tellRefused(request, name, why)
    refuse(response, status, headers)
  }

  #tellRefused(request: IncomingMessage, name: string, reason: string): void {
    const untold = this.#budget.take(this.#options.clock.now())
    if (untold === undefined) return
    const why = untold === 0 ? reason : `${reason} (${untold} more before it)`
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

interface Refused {
  readonly rule: HttpRefusal
  readonly name: string
  readonly headers?: Readonly<Record<string, string>>
}

type PartOutcome = 'probe' | 'whole' | 'cut-off'

const ruleOf = { probe: 'sizeOnly', whole: 'whole', 'cut-off': 'connectionEnded' } as const

/** Under which a request is counted. */
export type HttpRule = HttpRefusal | (typeof ruleOf)[PartOutcome] | 'notModified'

/** RFC 9110 §14.2: of a GET alone. */
function rangeOf({ method, headers }: IncomingMessage, tag: string, size: number): Range {
  const holds = method === 'GET' && rangeStillHolds(headers['if-range']?.toString(), tag)
  return parseRange(holds ? headers.range : undefined, size)
}

function reasonFor(outcome: PartOutcome, { file, from, to }: Part): string {
  if (outcome === 'probe') return 'the client only asked for the size'
  const size = sizeOf(file)
  const part = to - from + 1 === size ? `all ${size} bytes` : `bytes ${from}-${to} of ${size}`
  return outcome === 'whole' ? part : `the connection ended before ${part} were taken`
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined
}

/** RFC 9112 §3.2: two hosts are refused, and none in HTTP/1.1; before HTTP/1.0 there were no headers to look at. */
function isDoubtful({ httpVersion, httpVersionMajor, headersDistinct }: IncomingMessage): boolean {
  const hosts = headersDistinct['host']?.length ?? 0
  return httpVersionMajor < 1 || hosts > 1 || (hosts === 0 && httpVersion !== '1.0')
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
