// Why this file exists: the directory is either a slapd of ours or somebody's server, and the two have different keys;
// a secret must not travel to the second in clear.
import type { DnsName } from '#directory'
import {
  type Field,
  fieldsOf,
  isWritten,
  type Kind,
  missing,
  read,
  type Reading,
  textKind,
  trueOrFalse,
  wrong,
} from '#yaml'
import { dnKind, endpointKind, isLoopback, pathKind } from './kinds.ts'
import { readRemovals } from './read-removals.ts'
import type { DirectorySettings, EmbeddedDirectory, ExternalDirectory } from './settings.ts'

const embeddedListen = '127.0.0.1:3890'
const example = '`directory: { embedded: {} }`'

const externalKeys = ['url', 'base', 'bindDn', 'secretFile', 'caFile', 'startTls'] as const
const keys = ['embedded', 'removals', ...externalKeys] as const

type Fields = (key: (typeof keys)[number]) => Field

export function readDirectory(
  reading: Reading,
  field: Field,
  domain: DnsName | undefined,
  dataDir: string,
): DirectorySettings | undefined {
  if (!isWritten(field)) return missing(reading, field, example)
  const fields = fieldsOf(reading, field, keys)
  if (!isWritten(fields('embedded'))) return readExternal(reading, field, fields, dataDir)
  const mixed = externalKeys.find((key) => isWritten(fields(key)))
  if (mixed !== undefined) {
    wrong(reading, fields(mixed), 'left out beside "embedded": it is for another LDAP server')
  }
  const removals = readRemovals(reading, fields('removals'))
  return { ...readEmbedded(reading, fields('embedded'), domain), removals }
}

function readEmbedded(
  reading: Reading,
  field: Field,
  domain: DnsName | undefined,
): Omit<EmbeddedDirectory, 'removals'> {
  const fields = fieldsOf(reading, field, ['listen', 'ldaps', 'base'])
  const listen = fields('listen')
  const endpoint = read(reading, listen, endpointKind())
  if (endpoint && !isLoopback(endpoint.host)) {
    const why = `${listen.path}: passwords may come without TLS here, so it is on loopback only`
    reading.complain(
      'CPC-CFG-006',
      listen.offset,
      why,
      `write ${embeddedListen}, and ldaps for others`,
    )
  }
  const ldaps = read(reading, fields('ldaps'), endpointKind())
  return {
    kind: 'embedded',
    listen: endpoint ? `${endpoint.host}:${endpoint.port}` : embeddedListen,
    ...(ldaps === undefined ? {} : { ldaps }),
    base: read(reading, fields('base'), dnKind) ?? baseOf(domain),
  }
}

/** `dc=cluster,dc=test` for `cluster.test`, as RFC 2247 maps them. */
function baseOf(domain: DnsName | undefined): string {
  return (domain ?? 'invalid')
    .split('.')
    .map((label) => `dc=${label}`)
    .join(',')
}

const urlKind: Kind<URL> = textKind((text) => {
  const url = URL.parse(text)
  return url && /^ldap[si]?:$/.test(url.protocol) && url.host !== '' ? url : undefined
}, 'an LDAP address such as ldaps://ldap.example:636')

function readExternal(
  reading: Reading,
  field: Field,
  fields: Fields,
  dataDir: string,
): ExternalDirectory | undefined {
  const path = pathKind(reading.fileName, dataDir)
  const url = read(reading, fields('url'), urlKind)
  const base = read(reading, fields('base'), dnKind)
  const bindDn = read(reading, fields('bindDn'), dnKind)
  const secretFile = read(reading, fields('secretFile'), path)
  const caFile = read(reading, fields('caFile'), path)
  if (!isWritten(fields('url'))) {
    const why = 'directory needs either "embedded" or "url"'
    reading.complain('CPC-CFG-003', field.offset, why, `add a line such as ${example}`)
  } else if (!isWritten(fields('base'))) missing(reading, fields('base'), 'base: "dc=example"')
  for (const [one, other] of [
    ['bindDn', 'secretFile'],
    ['secretFile', 'bindDn'],
  ] as const) {
    if (isWritten(fields(one)) && !isWritten(fields(other))) {
      missing(reading, fields(other), `${other}: beside ${one}`)
    }
  }
  const startTls = readStartTls(reading, fields('startTls'), url)
  if (url && bindDn !== undefined && !startTls) refuseClearText(reading, fields('url'), url)
  if (!url || base === undefined) return undefined
  return {
    kind: 'external',
    url: url.href,
    base,
    ...(bindDn === undefined ? {} : { bindDn }),
    ...(secretFile === undefined ? {} : { secretFile }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(startTls ? { startTls } : {}),
    removals: readRemovals(reading, fields('removals')),
  }
}

function readStartTls(reading: Reading, field: Field, url: URL | undefined): boolean {
  const isAsked = read(reading, field, trueOrFalse) ?? false
  if (isAsked && url !== undefined && url.protocol !== 'ldap:') {
    wrong(reading, field, `left out with ${url.protocol}//, which needs no StartTLS`)
  }
  return isAsked
}

/** HOSTILE 66: a secret goes over TLS, loopback or a unix socket. */
function refuseClearText(reading: Reading, field: Field, url: URL): void {
  if (url.protocol !== 'ldap:' || isLoopback(url.hostname)) return
  const why = `${field.path}: ${url.href} would carry the secret of bindDn over the network in clear`
  reading.complain(
    'CPC-CFG-006',
    field.offset,
    why,
    'use ldaps://, or startTls: true, with caFile if need be',
  )
}
