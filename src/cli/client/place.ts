// Why this file exists: where the appliance is, as people write it. Pure.
import { Fault } from '#fault'

export type Place =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: URL }

/** Where to look, best first: what the user named and nothing else, or the two usual places. */
export function placesToTry(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly [Place, ...Place[]] {
  if (flag !== undefined) return [parsePlace(flag, `--server ${flag}`)]
  const named = env['COPPICE_SERVER']
  if (named !== undefined && named !== '') return [parsePlace(named, `COPPICE_SERVER=${named}`)]
  return [
    { kind: 'socket', path: '/var/lib/coppice/api.sock' },
    { kind: 'url', url: new URL('http://127.0.0.1:8420') },
  ]
}

export function describePlace(place: Place): string {
  return place.kind === 'socket' ? `unix:${place.path}` : place.url.origin
}

function parsePlace(text: string, where: string): Place {
  const path = /^unix:(?:\/\/)?(.+)$/.exec(text)?.[1]
  if (path !== undefined) return { kind: 'socket', path }
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { kind: 'url', url }
  throw new Fault('CPC-CLI-001', {
    what: 'this is no address of an appliance',
    where,
    why: 'it is neither unix:PATH nor http://HOST:PORT nor https://HOST:PORT',
    todo: 'for example: --server unix:/var/lib/coppice/api.sock',
  })
}
