// Why this file exists: a BMC is a small computer with old software on a network of its own, and may be anybody by
// now (HOSTILE 23). Its answers are bounded in size and time, and our credentials go to its own origin only.
import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import type { Credentials } from './controller.ts'
import { oneLine, trouble } from './troubles.ts'

export const answerBytesMax = 1024 * 1024
export const redirectsMax = 3

export interface RedfishRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly body?: unknown
  readonly etag?: string
  readonly deadline: AbortSignal
}

export interface RedfishAnswer {
  readonly status: number
  readonly etag?: string
  readonly location?: string
  readonly body: Buffer
}

export interface RedfishTarget {
  /** What may be asked; everything else is another host. */
  readonly origin: URL
  readonly credentials?: Credentials
  /** SHA-256 of the certificate that is expected, lower-case hex. */
  readonly pin?: string
}

/** One request, and the redirects that stay on the BMC. */
export async function ask(target: RedfishTarget, request: RedfishRequest): Promise<RedfishAnswer> {
  let path = request.path
  for (let hop = 0; hop <= redirectsMax; hop += 1) {
    const url = sameOrigin(target, path)
    const answer = await send(target, url, request)
    const isRedirect = answer.status >= 300 && answer.status < 400 && answer.status !== 304
    if (!isRedirect || answer.location === undefined) return answer
    if (request.method !== 'GET') {
      throw trouble('CPC-POW-007', target.origin.href, 'it redirects a command')
    }
    path = answer.location
  }
  throw trouble('CPC-POW-007', target.origin.href, `it redirects more than ${redirectsMax} times`)
}

/** An address out of an answer; one that leads elsewhere is refused before anything is sent. */
export function sameOrigin({ origin }: RedfishTarget, path: string): URL {
  const url = URL.parse(path, origin)
  if (url && url.origin === origin.origin && !url.username && !url.password) return url
  throw trouble('CPC-POW-007', origin.href, `it points to another host: ${oneLine(path)}`)
}

function send(target: RedfishTarget, url: URL, request: RedfishRequest): Promise<RedfishAnswer> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  const options = {
    method: request.method,
    headers: headersOf(target, request, body),
    signal: request.deadline,
  }
  return new Promise((resolve, reject) => {
    const sent =
      url.protocol === 'http:'
        ? http.request(url, { ...options, agent: false })
        : https.request(url, { ...options, ...connection(target) })
    sent.on('response', (answer) => {
      collect(answer, target).then(resolve, reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function headersOf(
  { credentials }: RedfishTarget,
  { etag }: RedfishRequest,
  body: string | undefined,
): http.OutgoingHttpHeaders {
  const basic = credentials && `${credentials.user}:${credentials.secret.reveal()}`
  return {
    accept: 'application/json',
    'odata-version': '4.0',
    ...(basic === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    ...(etag === undefined ? {} : { 'if-match': etag }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  }
}

/** A certificate that nobody signed but that we know is compared before the request is written. */
function connection({ pin, origin }: RedfishTarget): https.RequestOptions {
  // No agent: a BMC forgets connections that are kept.
  if (pin === undefined) return { agent: false }
  return {
    createConnection: (options, done) => {
      const socket = tls.connect({ ...connectionOf(options), rejectUnauthorized: false })
      socket.once('secureConnect', () => {
        const seen = socket
          .getPeerX509Certificate()
          ?.fingerprint256.replaceAll(':', '')
          .toLowerCase()
        if (seen === pin) return done(null, socket)
        const refusal = trouble(
          'CPC-POW-007',
          origin.href,
          `its certificate is ${seen}, not ${pin}`,
        )
        socket.destroy()
        done(refusal, socket)
      })
      socket.once('error', (error) => done(error, socket))
      return undefined
    },
  }
}

function connectionOf(options: http.ClientRequestArgs): tls.ConnectionOptions {
  const host = options.host ?? 'localhost'
  return { host, port: Number(options.port ?? 443) }
}

/** A body of 1 GB ends here, at its first byte too many. */
async function collect(
  answer: http.IncomingMessage,
  target: RedfishTarget,
): Promise<RedfishAnswer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of answer) {
    if (!Buffer.isBuffer(part)) continue
    bytes += part.length
    if (bytes > answerBytesMax) {
      answer.destroy()
      const why = `its answer is longer than ${answerBytesMax} bytes`
      throw trouble('CPC-POW-007', target.origin.href, why)
    }
    parts.push(part)
  }
  const { etag, location } = answer.headers
  return {
    status: answer.statusCode ?? 0,
    ...(etag === undefined ? {} : { etag }),
    ...(location === undefined ? {} : { location }),
    body: Buffer.concat(parts),
  }
}
