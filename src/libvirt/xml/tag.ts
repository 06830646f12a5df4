// Why this file exists: names and keys of strangers end up in libvirt's XML, and no value may ever become markup
// (HOSTILE 63). So XML is only made by this tag.
import { cannotEncode } from '../faults.ts'

/** A piece of well-formed XML; only the tag makes it, so only such a piece goes in without being escaped. */
export class XmlText {
  readonly text: string
  private constructor(text: string) {
    this.text = text
  }

  static join(statics: readonly string[], values: readonly XmlValue[]): XmlText {
    checkPlaces(statics)
    return new XmlText(statics.map((part, at) => part + written(values[at])).join(''))
  }

  toString(): string {
    return this.text
  }
}

export type XmlValue = string | number | bigint | XmlText | readonly XmlText[] | undefined

/** ``xml`<name>${name}</name>` ``. Values stand in text or in quoted attributes; `undefined` is nothing. */
export function xml(statics: TemplateStringsArray, ...values: readonly XmlValue[]): XmlText {
  return XmlText.join(statics, values)
}

function written(value: XmlValue): string {
  if (value === undefined) return ''
  if (value instanceof XmlText) return value.text
  if (typeof value === 'object') return value.map((piece) => piece.text).join('')
  return escape(String(value))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would turn these into spaces in an attribute.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

function escape(text: string): string {
  // XML 1.0 section 2.2 has no way to write most of these, and advises against the others.
  if (/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text))
    throw cannotEncode(`${JSON.stringify(text)} holds a character that XML cannot carry`)
  return text.replaceAll(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? '')
}

type Place = 'text' | 'tag' | '"' | "'"

/** Escaping protects in text and between quotes only; a value anywhere else is a mistake of ours. */
function checkPlaces(statics: readonly string[]): void {
  let place: Place = 'text'
  for (const [at, part] of statics.entries()) {
    if (/<[!?]/.test(part)) throw new TypeError('an xml template is elements only')
    for (const character of part) place = placeAfter(place, character)
    if (place === 'tag' && at < statics.length - 1)
      throw new TypeError(`an xml template has a value outside text and quotes, after ${part}`)
  }
  if (place !== 'text') throw new TypeError('an xml template ends inside a tag')
}

function placeAfter(place: Place, character: string): Place {
  if (place === 'text') return character === '<' ? 'tag' : 'text'
  if (place !== 'tag') return character === place ? 'tag' : place
  if (character === '"' || character === "'") return character
  return character === '>' ? 'text' : 'tag'
}
