// Why this file exists: a search filter is a value. Its text (RFC 4515) is read and written here, and the tag
// is the only way in which a name from outside gets into one.
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | {
      readonly kind: 'equal' | 'atLeast' | 'atMost' | 'approx'
      readonly attribute: string
      readonly value: Uint8Array
    }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'substring'
      readonly attribute: string
      readonly initial?: Uint8Array
      readonly middle: readonly Uint8Array[]
      readonly final?: Uint8Array
    }
  | {
      readonly kind: 'extensible'
      readonly rule?: string
      readonly attribute?: string
      readonly value: Uint8Array
      readonly dnAttributes: boolean
    }

/** ``ldapFilter`(cn=${x})` ``: whatever x holds, it stays one value. */
export function ldapFilter(text: TemplateStringsArray, ...values: readonly string[]): Filter {
  const whole = text.reduce(
    (sum, part, at) => sum + part + (at < values.length ? escapeValue(values[at] ?? '') : ''),
    '',
  )
  const filter = parseFilter(whole)
  if (!filter) throw new Error(`the program holds a filter that is none: ${text.join('…')}`)
  return filter
}

const encoder = new TextEncoder()

function escapeValue(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value
  let text = ''
  for (const byte of bytes) {
    const plain = byte > 0x1f && byte < 0x7f && byte !== 0x28 && byte !== 0x29
    text +=
      plain && byte !== 0x2a && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\${byte.toString(16).padStart(2, '0')}`
  }
  return text
}

export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return `(&${filter.filters.map(formatFilter).join('')})`
    case 'or':
      return `(|${filter.filters.map(formatFilter).join('')})`
    case 'not':
      return `(!${formatFilter(filter.filter)})`
    case 'present':
      return `(${filter.attribute}=*)`
    case 'substring': {
      const { initial, middle, final } = filter
      const parts = [initial ?? new Uint8Array(0), ...middle, final ?? new Uint8Array(0)]
      return `(${filter.attribute}=${parts.map(escapeValue).join('*')})`
    }
    case 'extensible': {
      const { attribute = '', rule, dnAttributes, value } = filter
      const left = `${attribute}${dnAttributes ? ':dn' : ''}${rule === undefined ? '' : `:${rule}`}`
      return `(${left}:=${escapeValue(value)})`
    }
    default:
      return `(${filter.attribute}${signs[filter.kind]}${escapeValue(filter.value)})`
  }
}

const signs = { equal: '=', atLeast: '>=', atMost: '<=', approx: '~=' } as const

const filterDepthMax = 24
const filterCharactersMax = 65_536

/** `undefined` for text that is no filter. */
export function parseFilter(text: string): Filter | undefined {
  if (text.length > filterCharactersMax) return undefined
  const read = readFilter(text, 0, 0)
  return read?.next === text.length ? read.filter : undefined
}

interface Read {
  readonly filter: Filter
  readonly next: number
}

function readFilter(text: string, at: number, depth: number): Read | undefined {
  if (text[at] !== '(' || depth > filterDepthMax) return undefined
  const sign = text[at + 1]
  if (sign === '&' || sign === '|') return readList(text, at, depth)
  if (sign === '!') {
    const inner = readFilter(text, at + 2, depth + 1)
    if (!inner || text[inner.next] !== ')') return undefined
    return { filter: { kind: 'not', filter: inner.filter }, next: inner.next + 1 }
  }
  const end = text.indexOf(')', at)
  const filter = end < 0 ? undefined : parseItem(text.slice(at + 1, end))
  return filter && { filter, next: end + 1 }
}

function readList(text: string, start: number, depth: number): Read | undefined {
  const filters: Filter[] = []
  let at = start + 2
  while (text[at] === '(') {
    const inner = readFilter(text, at, depth + 1)
    if (!inner) return undefined
    filters.push(inner.filter)
    at = inner.next
  }
  if (text[at] !== ')') return undefined
  return { filter: { kind: text[start + 1] === '&' ? 'and' : 'or', filters }, next: at + 1 }
}

const description = String.raw`[A-Za-z0-9][A-Za-z0-9.;_-]*`
const simpleItem = new RegExp(`^(${description})(=|>=|<=|~=)(.*)$`, 's')
const extensibleItem = new RegExp(`^(${description})?(:dn)?(?::(${description}))?:=(.*)$`, 'is')

function parseItem(item: string): Filter | undefined {
  if (item.includes('(')) return undefined
  const simple = simpleItem.exec(item)
  if (simple) return parseSimple(simple[1] ?? '', simple[2] ?? '', simple[3] ?? '')
  const [matched, attribute, dn, rule, text = ''] = extensibleItem.exec(item) ?? []
  const value = unescapeValue(text)
  if (matched === undefined || !value || (attribute === undefined && rule === undefined)) {
    return undefined
  }
  return {
    kind: 'extensible',
    value,
    dnAttributes: dn !== undefined,
    ...(attribute === undefined ? {} : { attribute }),
    ...(rule === undefined ? {} : { rule }),
  }
}

function parseSimple(attribute: string, sign: string, text: string): Filter | undefined {
  if (sign === '=' && text === '*') return { kind: 'present', attribute }
  if (sign === '=' && text.includes('*')) return parseSubstring(attribute, text)
  const value = unescapeValue(text)
  if (!value) return undefined
  if (sign === '=') return { kind: 'equal', attribute, value }
  if (sign === '>=') return { kind: 'atLeast', attribute, value }
  return { kind: sign === '<=' ? 'atMost' : 'approx', attribute, value }
}

function parseSubstring(attribute: string, text: string): Filter | undefined {
  const parts = text.split('*').map(unescapeValue)
  const known = parts.filter((part) => part !== undefined)
  const initial = known[0]
  const final = known.at(-1)
  const middle = known.slice(1, -1)
  const allKnown = known.length === parts.length
  if (!allKnown || !initial || !final || middle.some((part) => part.length === 0)) return undefined
  return {
    kind: 'substring',
    attribute,
    middle,
    ...(initial.length === 0 ? {} : { initial }),
    ...(final.length === 0 ? {} : { final }),
  }
}

/** `undefined` for a backslash without two hex digits, or a star that should have been escaped. */
function unescapeValue(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (const [piece] of text.matchAll(/\\[0-9A-Fa-f]{2}|[^\\]+|\\/gs)) {
    if (piece === '\\' || piece.includes('*')) return undefined
    if (piece.startsWith('\\')) bytes.push(Number.parseInt(piece.slice(1), 16))
    else for (const byte of encoder.encode(piece)) bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}
