// Why this file exists: the one door by which hosts reach core: HTTPS on the provisioning addresses. Before enrolment
// a claim says who asks, afterwards a certificate of ours does.
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { formatIp4, type Ip4, parseIp4, parseMac, parseUuid } from '#directory'
import { Fault } from '#fault'
import type { OwnCertificate } from '#trust'
import type { EnrolmentAnswer, EnrolmentRequest } from './enrolment.ts'

export interface HostReport {
  readonly phase: string
  readonly detail: string
  readonly from: Ip4
}

export interface EnrolServerParts {
  readonly own: OwnCertificate
  readonly caPem: string
  readonly enrol: (request: EnrolmentRequest) => EnrolmentAnswer
  /** False when nobody knows who reports. */
  readonly report: (report: HostReport, who: Reporter) => boolean
  readonly log: (line: string) => void
}

/** A peer with a certificate (not yet judged), or the bearer of a claim. */
export interface Reporter {
  readonly certificate: Buffer | undefined
  readonly claim: string | undefined
}

const bodyBytesMax = 16_384
const headersDeadlineMs = 10_000
const requestDeadlineMs = 20_000
const connectionsMax = 1_024

export async function openEnrolServer(
  listen: { readonly address: Ip4; readonly port: number },
  parts: EnrolServerParts,
): Promise<Server> {
  const server = createServer(
    {
      key: parts.own.key.reveal(),
      cert: parts.own.certificate.pem,
      ca: parts.caPem,
      requestCert: true,
      // A machine without a certificate comes to get one.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      headersTimeout: headersDeadlineMs,
      requestTimeout: requestDeadlineMs,
      keepAliveTimeout: headersDeadlineMs,
    },
    (request, response) => {
      answer(request, response, parts).catch((error: unknown) => {
        parts.log(`enrolment: ${String(error)}`)
        end(response, 500, 'the appliance made a mistake; its log says more')
      })
    },
  )
  server.maxConnections = connectionsMax
  server.on('tlsClientError', (error, socket) => {
    parts.log(`enrolment: TLS with ${socket.remoteAddress ?? 'somebody'} failed: ${error.message}`)
    socket.destroy()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen.port, formatIp4(listen.address), resolve)
  }).catch((cause: unknown) => {
    throw cannotListen(listen, cause)
  })
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: EnrolServerParts,
): Promise<void> {
  const from = parseIp4(request.socket.remoteAddress ?? '')
  const body = await readBody(request)
  if (from === undefined || body === undefined)
    return end(response, 400, 'a request that is too long')
  if (request.method !== 'POST') return end(response, 405, 'POST only')
  switch (request.url) {
    case '/v1/enrol':
      return answerEnrol(enrolmentOf(request, from, body), response, parts)
    case '/v1/boot/report': {
      const report = reportOf(body, from)
      const known = report !== undefined && parts.report(report, reporterOf(request))
      return end(response, known ? 204 : 403, known ? '' : 'nobody knows who reports')
    }
    default:
      return end(response, 404, 'there is nothing here')
  }
}

function answerEnrol(
  request: EnrolmentRequest | undefined,
  response: ServerResponse,
  parts: EnrolServerParts,
): void {
  if (request === undefined)
    return end(response, 400, 'Coppice-Claim or Coppice-Mac is missing or malformed')
  try {
    const result = parts.enrol(request)
    if (result.kind === 'granted') {
      response.writeHead(200, { 'content-type': 'application/x-tar' })
      response.end(result.archive)
    } else end(response, statusOf[result.kind], result.reason)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    end(response, 400, error.message)
  }
}

/** A host takes 4xx for final and asks again after 5xx. */
const statusOf = { waiting: 202, refused: 403, 'not-yet': 503 } as const

function enrolmentOf(
  request: IncomingMessage,
  from: Ip4,
  body: string,
): EnrolmentRequest | undefined {
  const claim = headerOf(request, 'coppice-claim')
  const mac = parseMac(headerOf(request, 'coppice-mac'))
  if (!/^[0-9a-f]{32}$/.test(claim) || mac === undefined) return undefined
  const uuid = parseUuid(headerOf(request, 'coppice-uuid'))
  const serial = headerOf(request, 'coppice-serial')
  return {
    claim,
    mac,
    from,
    ...(uuid && { uuid }),
    ...(serial !== '' && { serial }),
    sshHostKey: headerOf(request, 'coppice-ssh-host-key'),
    certificateRequest: body,
  }
}

function reportOf(body: string, from: Ip4): HostReport | undefined {
  const fields = new Map(body.split('\n').map((line) => keyAndValue(line)))
  const phase = fields.get('phase')
  if (phase === undefined || !/^[a-z-]{1,40}$/.test(phase)) return undefined
  const detail = (fields.get('detail') ?? '').replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500)
  return { phase, detail, from }
}

function keyAndValue(line: string): [string, string] {
  const at = line.indexOf('=')
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}

function reporterOf(request: IncomingMessage): Reporter {
  const { socket } = request
  // Whether it counts (revoked, expired, another authority) is judged at each request, by whoever takes the report.
  const peer = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  const claim = headerOf(request, 'coppice-claim')
  return { certificate: peer?.raw, claim: claim === '' ? undefined : claim }
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return undefined
    bytes += chunk.length
    if (bytes > bodyBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function end(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.end()
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(text === '' ? '' : `${text}\n`)
}

function cannotListen(
  listen: { readonly address: Ip4; readonly port: number },
  cause: unknown,
): Fault {
  return new Fault(
    'CPC-HOST-002',
    {
      what: 'hosts cannot enrol',
      where: `${formatIp4(listen.address)} port ${listen.port}`,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'free the port, or choose another one in coppice.yaml: enrol: { port: … }',
    },
    { cause },
  )
}
