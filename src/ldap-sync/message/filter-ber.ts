// Why this file exists: filters in BER (RFC 4511 4.5.1.7). The reader's depth limit bounds the recursion.
import { Asn1Error, der, type Element, type Reader, tags } from '#asn1'
import type { Filter } from './filter.ts'

const simpleKinds = { 3: 'equal', 5: 'atLeast', 6: 'atMost', 8: 'approx' } as const
const simpleTags = { equal: 3, atLeast: 5, atMost: 6, approx: 8 } as const

export function writeFilter(filter: Filter): Uint8Array {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const tag = tags.contextOf(filter.kind === 'and' ? 0 : 1)
      // SET OF by name, but its order means nothing and everybody keeps what was written.
      return der.sequence(filter.filters.map(writeFilter), tag)
    }
    case 'not':
      return der.sequence([writeFilter(filter.filter)], tags.contextOf(2))
    case 'present':
      return der.text(filter.attribute, tags.context(7))
    case 'substring':
      return writeSubstring(filter)
    case 'extensible':
      return writeExtensible(filter)
    default:
      return der.sequence(
        [der.text(filter.attribute), der.octets(filter.value)],
        tags.contextOf(simpleTags[filter.kind]),
      )
  }
}

function writeSubstring(filter: Extract<Filter, { kind: 'substring' }>): Uint8Array {
  const parts = [
    ...(filter.initial ? [der.octets(filter.initial, tags.context(0))] : []),
    ...filter.middle.map((part) => der.octets(part, tags.context(1))),
    ...(filter.final ? [der.octets(filter.final, tags.context(2))] : []),
  ]
  return der.sequence([der.text(filter.attribute), der.sequence(parts)], tags.contextOf(4))
}

function writeExtensible(filter: Extract<Filter, { kind: 'extensible' }>): Uint8Array {
  const parts = [
    ...(filter.rule === undefined ? [] : [der.text(filter.rule, tags.context(1))]),
    ...(filter.attribute === undefined ? [] : [der.text(filter.attribute, tags.context(2))]),
    der.octets(filter.value, tags.context(3)),
    ...(filter.dnAttributes ? [der.boolean(true, tags.context(4))] : []),
  ]
  return der.sequence(parts, tags.contextOf(9))
}

export function readFilter(reader: Reader): Filter {
  const element = reader.element()
  const { number } = element.tag
  if (element.tag.class !== 'context') throw unknownFilter(number)
  if (number === 7) {
    return { kind: 'present', attribute: new TextDecoder().decode(element.content) }
  }
  const inner = reader.into(element)
  switch (number) {
    case 0:
    case 1:
      return { kind: number === 0 ? 'and' : 'or', filters: readAll(inner) }
    case 2: {
      const filter = readFilter(inner)
      inner.end()
      return { kind: 'not', filter }
    }
    case 3:
    case 5:
    case 6:
    case 8:
      return { kind: simpleKinds[number], attribute: inner.text(), value: inner.octets() }
    case 4:
      return readSubstring(inner)
    case 9:
      return readExtensible(inner)
    default:
      throw unknownFilter(number)
  }
}

function readAll(reader: Reader): Filter[] {
  const filters: Filter[] = []
  while (!reader.atEnd) filters.push(readFilter(reader))
  return filters
}

function readSubstring(reader: Reader): Filter {
  const attribute = reader.text()
  const parts = reader.enter()
  const initial = optional(parts, 0)
  const middle: Uint8Array[] = []
  while (parts.sees(tags.context(1))) middle.push(parts.octets(tags.context(1)))
  const final = optional(parts, 2)
  parts.end()
  return {
    kind: 'substring',
    attribute,
    middle,
    ...(initial ? { initial } : {}),
    ...(final ? { final } : {}),
  }
}

function readExtensible(reader: Reader): Filter {
  const rule = reader.sees(tags.context(1)) ? { rule: reader.text(tags.context(1)) } : {}
  const attribute = reader.sees(tags.context(2)) ? { attribute: reader.text(tags.context(2)) } : {}
  const value = reader.octets(tags.context(3))
  const dnAttributes = reader.sees(tags.context(4)) && reader.boolean(tags.context(4))
  return { kind: 'extensible', ...rule, ...attribute, value, dnAttributes }
}

function optional(reader: Reader, number: number): Element['content'] | undefined {
  const tag = tags.context(number)
  return reader.sees(tag) ? reader.octets(tag) : undefined
}

function unknownFilter(number: number): Asn1Error {
  return new Asn1Error({ kind: 'bad-value', what: `a filter of kind ${number}` })
}
