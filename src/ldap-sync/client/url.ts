// Why this file exists: ldap://, ldaps:// and ldapi:// each name a socket in their own way.
import { Fault } from '#fault'

export type LdapUrl =
  | {
      readonly kind: 'tcp' | 'tls'
      readonly host: string
      readonly port: number
      readonly text: string
    }
  | { readonly kind: 'unix'; readonly path: string; readonly text: string }

export function parseLdapUrl(text: string): LdapUrl {
  const [, scheme = '', rest = ''] = /^(ldapi|ldaps?):\/\/([^/?]*)\/?$/i.exec(text) ?? []
  if (scheme.toLowerCase() === 'ldapi') {
    const path = decoded(rest)
    if (path?.startsWith('/') !== true) throw badUrl(text)
    return { kind: 'unix', path, text }
  }
  const [, host = '', port] = /^(\[[0-9a-fA-F:.]+\]|[^:@\s]+)(?::(\d{1,5}))?$/.exec(rest) ?? []
  if (host === '' || Number(port ?? 1) > 65_535 || Number(port ?? 1) === 0) throw badUrl(text)
  const secure = scheme.toLowerCase() === 'ldaps'
  return {
    kind: secure ? 'tls' : 'tcp',
    host: host.replaceAll(/[[\]]/g, ''),
    port: port === undefined ? (secure ? 636 : 389) : Number(port),
    text,
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function badUrl(text: string): Fault {
  return new Fault('CPC-LDAP-001', {
    what: 'this is no address of an LDAP server',
    where: text,
    why: 'it must be ldap://HOST[:PORT], ldaps://HOST[:PORT] or ldapi://%2Fpath%2Fof%2Fsocket',
    todo: 'correct directory.url',
  })
}
