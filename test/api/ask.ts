// Why this file exists: the API is tested through real sockets, as its users meet it; these open one over a given core
// and ask it.
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiLimits, openApi, type Services } from '#api'
import { freePort } from '../child-process.ts'

export interface OpenedForTest extends AsyncDisposable {
  readonly socketPath: string
  readonly port: number
  readonly logged: readonly string[]
}

export async function openedApi(services: Services, limits?: ApiLimits): Promise<OpenedForTest> {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-api-'))
  const socketPath = join(folder, 'api.sock')
  const port = await freePort()
  const logged: string[] = []
  const api = await openApi({
    services,
    socketPath,
    listen: [{ host: '127.0.0.1', port }],
    version: '0.1.0',
    log: (line) => logged.push(line),
    ...(limits !== undefined && { limits }),
  })
  return {
    socketPath,
    port,
    logged,
    [Symbol.asyncDispose]: async () => {
      await api.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Sent as it is, instead of a body in JSON. */
  readonly raw?: string
}

export interface Answered {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** `undefined` when it is no JSON. */
  readonly json: unknown
}

export function viaSocket(api: OpenedForTest, asked: Asked): Promise<Answered> {
  return ask({ socketPath: api.socketPath }, asked)
}

export function viaTcp(
  api: OpenedForTest,
  token: string | undefined,
  asked: Asked,
): Promise<Answered> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { ...authorization, ...asked.headers }
  return ask({ host: '127.0.0.1', port: api.port }, { ...asked, headers })
}

function ask(
  place: { readonly socketPath: string } | { readonly host: string; readonly port: number },
  { method = 'GET', path, headers = {}, body, raw }: Asked,
): Promise<Answered> {
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...place, method, path, headers: { ...type, ...headers }, agent: false },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const text = Buffer.concat(parts).toString()
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            headers: response.headers,
            text,
            json: parsed(text),
          })
        })
      },
    )
    asked.on('error', reject)
    asked.end(sent)
  })
}

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}

export function codeOf({ json }: Answered): unknown {
  return member(json, 'code')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
