// Why this file exists: XML that comes back from a host is outside data. It becomes a small tree of known shape here,
// or a refusal; entities of its own making are not read.
import { XMLParser } from 'fast-xml-parser'

export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its own text, without that of its children. */
  readonly text: string
}

export type XmlRefusal = { readonly kind: 'not-xml'; readonly why: string }

export type XmlRead<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: XmlRefusal }

const xmlCharactersMax = 4_194_304
const depthMax = 64
const attributesKey = ':@'
const textKey = '#text'

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false, // decoded below: the predefined ones and characters by number, no others
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
})

/** The root element. */
export function readXml(text: string): XmlRead<XmlElement> {
  if (text.length > xmlCharactersMax) return refused(`${text.length} characters`)
  if (/<!DOCTYPE/i.test(text)) return refused('it declares a document type')
  try {
    const parsed: unknown = parser.parse(text, true)
    const [root, ...others] = elementsOf(parsed, 0)
    return root === undefined || others.length > 0
      ? refused('it has not one root element')
      : { ok: true, value: root }
  } catch (error) {
    return refused(error instanceof Error ? error.message : 'it cannot be parsed')
  }
}

/** The first element at a path of names below this one. */
export function elementAt(from: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  let at: XmlElement | undefined = from
  for (const name of path) at = at?.children.find((child) => child.name === name)
  return at
}

/** All elements with that name directly below this one. */
export function elementsNamed(from: XmlElement | undefined, name: string): readonly XmlElement[] {
  return from?.children.filter((child) => child.name === name) ?? []
}

export function refused(why: string): { readonly ok: false; readonly refusal: XmlRefusal } {
  return { ok: false, refusal: { kind: 'not-xml', why } }
}

function elementsOf(nodes: unknown, depth: number): readonly XmlElement[] {
  if (depth > depthMax) throw new RangeError(`deeper than ${depthMax} elements`)
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) => {
    if (typeof node !== 'object' || node === null) return []
    const facts = new Map<string, unknown>(Object.entries(node))
    const name = [...facts.keys()].find((key) => key !== attributesKey && key !== textKey)
    return name === undefined ? [] : [element(name, facts, depth)]
  })
}

function element(name: string, facts: ReadonlyMap<string, unknown>, depth: number): XmlElement {
  const content = facts.get(name)
  return {
    name,
    attributes: attributesOf(facts.get(attributesKey)),
    children: elementsOf(content, depth + 1),
    text: textOf(content),
  }
}

function attributesOf(found: unknown): ReadonlyMap<string, string> {
  if (typeof found !== 'object' || found === null) return new Map()
  return new Map(Object.entries(found).map(([name, value]) => [name, decoded(String(value))]))
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return ''
  const pieces = content.map((node: unknown) =>
    typeof node === 'object' && node !== null && textKey in node ? String(node[textKey]) : '',
  )
  return decoded(pieces.join(''))
}

const predefined: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function decoded(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));/gi, characterOf)
}

function characterOf(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return predefined[name] ?? whole
  const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10)
  return code <= 0x10_ffff ? String.fromCodePoint(code) : whole
}
