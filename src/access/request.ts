// Why this file exists: a browser on an administrator's desk sends requests for any page that asks it to. What it adds
// by itself (cookies, a Host of the attacker's choice) must open nothing (HOSTILE 65). Pure.
export interface RequestHead {
  /** As Node gives them: lower-case names; a repeated header may be a list. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Path and query. */
  readonly url: string
}

export type HeadRefusal =
  | { readonly code: 'CPC-ACCESS-001'; readonly why: string }
  | { readonly code: 'CPC-ACCESS-003'; readonly why: string }
  | { readonly code: 'CPC-ACCESS-004'; readonly why: string }

export type BearerResult =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly refusal: HeadRefusal }

const tokenCharactersMax = 200
const shownCharactersMax = 100
const tokenInQuery = /[?&](access_token|token|api_key|apikey)=|coppice_[0-9a-f]{12}_/i

/** The token of the Authorization header; cookies and addresses are never looked at for one. */
export function bearerToken({ headers, url }: RequestHead): BearerResult {
  if (tokenInQuery.test(url)) {
    return { ok: false, refusal: { code: 'CPC-ACCESS-004', why: 'a token stands in the address' } }
  }
  const header = headers['authorization']
  if (typeof header !== 'string') return missing('there is no Authorization header')
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(header)?.[1]
  if (token === undefined || token.length > tokenCharactersMax) {
    return missing('the Authorization header holds no bearer token')
  }
  return { ok: true, token }
}

function missing(why: string): BearerResult {
  return { ok: false, refusal: { code: 'CPC-ACCESS-001', why } }
}

/** Names and addresses under which the API may be called, without a port, lower case. */
export type OwnHosts = ReadonlySet<string>

/** What `api.listen` says, and the names that people use for it. */
export function ownHosts(listen: readonly string[], names: readonly string[]): OwnHosts {
  const loopback = ['localhost', '127.0.0.1', '::1']
  const addresses = listen.map((address) => hostOf(address)).filter((host) => host !== undefined)
  const isLocal = addresses.some((host) => loopback.includes(host))
  return new Set([
    ...addresses,
    ...names.map((name) => name.toLowerCase()),
    ...(isLocal ? loopback : []),
  ])
}

/** `undefined`: nothing against it. DNS rebinding shows in Host, a foreign page in Origin. */
export function checkHost({ headers }: RequestHead, own: OwnHosts): HeadRefusal | undefined {
  const { host, origin } = headers
  if (typeof host !== 'string') return foreign('there is no one Host header')
  if (!own.has(hostOf(host) ?? '')) return foreign(`the Host header is ${shown(host)}`)
  if (origin === undefined) return undefined
  const from = typeof origin === 'string' ? URL.parse(origin) : null
  // An unparsable origin ("null" of a sandboxed page too) is nobody of ours.
  return from && own.has(hostOf(from.host) ?? '')
    ? undefined
    : foreign(`the Origin header is ${shown(String(origin))}`)
}

function foreign(why: string): HeadRefusal {
  return { code: 'CPC-ACCESS-003', why }
}

/** `name:port`, `1.2.3.4:port` or `[::1]:port` without the port. */
function hostOf(authority: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+?)\.?)(?::\d{1,5})?$/i.exec(authority)
  return (found?.[1] ?? found?.[2])?.toLowerCase()
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, shownCharactersMax))
}
