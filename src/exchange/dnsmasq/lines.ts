// Why this file exists: dnsmasq.conf is one setting a line, with quotes and comments of its own kind. dnsmasq(8).
import { linesOf } from '../source.ts'

export interface Setting {
  readonly offset: number
  /** Empty: the line is what stands in a file that dhcp-hostsfile names. */
  readonly key: string
  readonly value: string
  /** Split at commas outside of quotes. */
  readonly parts: readonly string[]
}

export function* settingsOf(text: string): Generator<Setting> {
  for (const line of linesOf(text)) {
    const bare = withoutComment(line.text)
    const trimmed = bare.trim()
    if (trimmed === '') continue
    const offset = line.offset + bare.length - bare.trimStart().length
    const [, dashes = '', key = '', value] =
      /^(--)?([a-zA-Z0-9-]+)\s*(?:=\s*(.*))?$/s.exec(trimmed) ?? []
    const isSetting =
      key !== '' && (value !== undefined || dashes !== '' || /^[a-z][a-z0-9-]*$/.test(key))
    const settled = isSetting
      ? { key: key.toLowerCase(), value: value ?? '' }
      : { key: '', value: trimmed }
    yield { offset, ...settled, parts: partsOf(settled.value) }
  }
}

/** A mark begins a comment at the start of a line or after a blank, outside of quotes. */
function withoutComment(line: string): string {
  if (!line.includes('#')) return line
  let isQuoted = false
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at]
    if (letter === '\\' && isQuoted) at += 1
    else if (letter === '"') isQuoted = !isQuoted
    else if (letter === '#' && !isQuoted && /^\s?$/.test(line[at - 1] ?? ''))
      return line.slice(0, at)
  }
  return line
}

function partsOf(value: string): readonly string[] {
  if (!value.includes('"')) return value.split(',').map((part) => part.trim())
  const parts: string[] = []
  let part = ''
  let isQuoted = false
  for (let at = 0; at < value.length; at += 1) {
    const letter = value.charAt(at)
    if (letter === '\\' && isQuoted) {
      at += 1
      part += value.charAt(at)
    } else if (letter === '"') isQuoted = !isQuoted
    else if (letter === ',' && !isQuoted) {
      parts.push(part.trim())
      part = ''
    } else part += letter
  }
  return [...parts, part.trim()]
}
