// Why this file exists: the DNs of 100,000 machines need no escaping and no folding but of case, and that is seen in one
// glance at each character. All others are read in full.

/** Letters are ASCII, and stand for those of both cases. Codes from 128 on are never plain. */
const letters = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const codes = 128

/** Where in a DN one is, having read some of it. `other`: it is not plain, whatever follows. */
const places = { type: 0, inType: 1, value: 2, inValue: 3, blank: 4, other: 5 } as const

export const plainDnStart: number = places.type
/** Longer ones are no DNs to us. */
export const plainDnCharactersMax = 4096

const next = new Uint8Array(6 * codes).fill(places.other)

function leads(from: number, characters: string, to: number): void {
  for (const each of characters) {
    next[from * codes + each.charCodeAt(0)] = to
    next[from * codes + each.toUpperCase().charCodeAt(0)] = to
  }
}

const inValue = `${letters}${digits}._:-`
leads(places.type, letters, places.inType)
leads(places.inType, `${letters}${digits}-`, places.inType)
leads(places.inType, '=', places.value)
leads(places.value, `${letters}${digits}`, places.inValue)
leads(places.inValue, inValue, places.inValue)
leads(places.inValue, ' ', places.blank)
leads(places.inValue, ',', places.type)
// Two blanks are one, and one at the border of a value is none.
leads(places.blank, inValue, places.inValue)

export function plainDnNext(place: number, code: number): number {
  return code < codes ? (next[place * codes + code] ?? places.other) : places.other
}

export function isPlainDnEnd(place: number): boolean {
  return place === places.inValue
}

/** The key of a plain DN; `undefined` for all others. */
export function plainDnKey(text: string): string | undefined {
  if (text.length > plainDnCharactersMax) return undefined
  let place = plainDnStart
  let hasUpperCase = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    place = plainDnNext(place, code)
    hasUpperCase ||= isUpperCase(code)
  }
  if (!isPlainDnEnd(place)) return undefined
  return hasUpperCase ? text.toLowerCase() : text
}

export function isUpperCase(code: number): boolean {
  return code >= 0x41 && code <= 0x5a
}
