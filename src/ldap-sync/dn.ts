// Why this file exists: a DN has many spellings (RFC 4514). It is compared by one key, shown as LDAP spelt it,
// and built only by the function that escapes.
import { plainDnKey } from './plain-dn.ts'

export interface Rdn {
  /** As it was spelt. */
  readonly text: string
  /** The same for every spelling of the same RDN. */
  readonly key: string
  readonly pairs: readonly { readonly type: string; readonly value: string }[]
}

export type Dn = readonly Rdn[]

const dnCharactersMax = 4096
const pairPattern = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=(.*)$/s

/** Most names are of this shape, in trees of 100,000; they need no escaping and no folding but of case. */
const plainValue = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/

/** `undefined` for text that is no DN. The empty text is the empty DN. */
export function parseDn(text: string): Dn | undefined {
  if (text.length > dnCharactersMax) return undefined
  if (text.trim() === '') return []
  const rdns: Rdn[] = []
  for (const part of splitUnescaped(text, ',')) {
    const rdn = parseRdn(part)
    if (!rdn) return undefined
    rdns.push(rdn)
  }
  return rdns
}

function parseRdn(part: string): Rdn | undefined {
  const pairs: { type: string; value: string }[] = []
  for (const pair of splitUnescaped(part, '+')) {
    const [, type, raw] = pairPattern.exec(pair) ?? []
    const value = raw === undefined ? undefined : unescapeValue(trimUnescaped(raw))
    if (type === undefined || value === undefined) return undefined
    pairs.push({ type: type.toLowerCase(), value })
  }
  const keys = pairs.map(({ type, value }) => `${type}=${foldValue(value)}`)
  return { text: trimUnescaped(part), key: keys.toSorted().join('+'), pairs }
}

/** The part that names the entry itself. */
export function firstRdn(text: string): Rdn | undefined {
  return parseRdn(splitUnescaped(text, ',')[0] ?? '')
}

/** The text of a DN, its first levels kept and the rest replaced. */
export function transplant(text: string, levels: number, parent: string): string {
  return [...splitUnescaped(text, ',').slice(0, levels), parent].join(',')
}

/** Cuts at separators that no backslash precedes. */
function splitUnescaped(text: string, separator: string): string[] {
  if (!text.includes('\\')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === separator) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

function trimUnescaped(raw: string): string {
  const value = raw.replace(/^ +/, '')
  const end = value.replace(/ +$/, '')
  // A last space that is escaped belongs to the value.
  const backslashes = /\\+$/.exec(end)?.[0].length ?? 0
  return backslashes % 2 === 1 && end.length < value.length ? `${end} ` : end
}

/** Runs of hex pairs are UTF-8 bytes; any other escaped character is itself. */
function unescapeValue(text: string): string | undefined {
  if (!text.includes('\\')) return text
  let whole = true
  const value = text.replaceAll(/((?:\\[0-9A-Fa-f]{2})+)|\\(.?)/gs, (_all, hex, single) => {
    if (typeof hex === 'string') return Buffer.from(hex.replaceAll('\\', ''), 'hex').toString()
    if (single === '') whole = false
    return String(single)
  })
  return whole ? value : undefined
}

/** caseIgnoreMatch, near enough for every attribute that names entries. */
function foldValue(value: string): string {
  if (plainValue.test(value)) return value.toLowerCase()
  return escapeValue(value.trim().replaceAll(/ +/g, ' ').toLowerCase())
}

function escapeValue(value: string): string {
  const escaped = value
    .replaceAll(/[\\,+"<>;=]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replaceAll(/[\r\n]/g, (each) => (each === '\n' ? '\\0A' : '\\0D'))
    .replace(/^[ #]/, '\\$&')
  // A blank that is first and last is escaped already; what stands before the last one does not matter.
  return value.length > 1 && value.endsWith(' ') ? `${escaped.slice(0, -1)}\\ ` : escaped
}

/** The DN of a child: whatever the value holds, it stays one value. */
export function childDn(type: string, value: string, parent: string): string {
  return `${rdnOf(type, value)},${parent}`
}

export function rdnOf(type: string, value: string): string {
  return `${type}=${escapeValue(value)}`
}

export function keyOf(dn: Dn): string {
  return dn.map((rdn) => rdn.key).join(',')
}

export function textOf(dn: Dn): string {
  return dn.map((rdn) => rdn.text).join(',')
}

/** The key of a DN's text; text that is no DN is its own key, so that it equals only itself. */
export function dnKey(text: string): string {
  const plain = plainDnKey(text)
  if (plain !== undefined) return plain
  const dn = parseDn(text)
  return dn ? keyOf(dn) : text
}
