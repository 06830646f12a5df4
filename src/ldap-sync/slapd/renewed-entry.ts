// Why this file exists: what earlier releases let into the database and today's slapd would refuse at the door is put
// right once, entry by entry, when the database is built anew.
import { parseMac } from '#directory'

export interface Renewal {
  /** When it happens, as slapd stamps entries; replicas learn of a change by it. */
  readonly stamp: string
  readonly isHashed: (stored: string) => boolean
  readonly hash: (password: string) => string
}

/** The lines of one entry as slapcat writes them, unfolded; the same lines when nothing is to be done. */
export function renewedEntry(lines: readonly string[], renewal: Renewal): readonly string[] {
  // Its name would have to change with it.
  const isNamedByMac = /^(?:[^,]*\+)?macaddress=/i.test(attributeOf(lines[0] ?? '').value)
  const renewed = lines.map((line) => {
    const { name, value } = attributeOf(line)
    if (name === 'macaddress' && !isNamedByMac) return spelled(line, value)
    if (name === 'userpassword' && !renewal.isHashed(value)) {
      return `userPassword: ${renewal.hash(value)}`
    }
    return line
  })
  if (renewed.every((line, index) => line === lines[index])) return lines
  // Two spellings of one MAC have become the same value.
  const distinct = [...new Set(renewed)]
  return distinct.map((line) =>
    attributeOf(line).name === 'entrycsn' ? `entryCSN: ${renewal.stamp}` : line,
  )
}

function spelled(line: string, value: string): string {
  const mac = parseMac(value)
  return mac === undefined ? line : `macAddress: ${mac}`
}

/** RFC 2849: `name: value`, or `name:: ` and base64. */
function attributeOf(line: string): { readonly name: string; readonly value: string } {
  const [, name = '', isBase64, text = ''] = /^([^:]+):(:?) ?(.*)$/.exec(line) ?? []
  const value = isBase64 === ':' ? Buffer.from(text, 'base64').toString('utf8') : text
  return { name: name.toLowerCase(), value }
}

/** CSN of draft-ietf-ldup-model: time with microseconds, count, server, modification. */
export function stampOf(now: Date): string {
  const digits = now.toISOString().replaceAll(/[-:TZ]/g, '')
  return `${digits}000Z#000000#000#000000`
}
