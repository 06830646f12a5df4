// Why this file exists: an iPXE script is text that a machine obeys. iPXE has no quoting: a space ends a word, a line
// end ends a command, `${` reads a setting. So a value goes in only through this tag, as a word that means itself.

/** Characters to which iPXE gives no meaning, wherever they stand. */
const harmless = /^[A-Za-z0-9._:/@%+=,?~[\]()*^!<>-]$/

/** One word, or several; the template decides where they stand, they never do. */
export type IpxeValue = string | number | readonly string[]

/**
 * A piece of script. What iPXE could take for more than a word is percent-encoded, as in a URL. `\${net0/mac}` in
 * the text of the tag is iPXE's own.
 */
export function ipxe(text: TemplateStringsArray, ...values: readonly IpxeValue[]): string {
  return text.reduce((script, part, at) => script + asWords(values[at - 1] ?? '') + part)
}

function asWords(value: IpxeValue): string {
  return typeof value === 'object' ? value.map(asWord).join(' ') : asWord(String(value))
}

/** An empty word would make its neighbours one. */
function asWord(value: string): string {
  return value === '' ? '-' : Array.from(value, encode).join('')
}

const utf8 = new TextEncoder()

function encode(char: string): string {
  if (harmless.test(char)) return char
  return Array.from(utf8.encode(char), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** Lines one under the other, each a command of its own. */
export function ipxeScript(...lines: readonly string[]): string {
  return ['#!ipxe', ...lines, ''].join('\n')
}

/** A sentence for `echo`. */
export function sentence(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

/** Whether the tag would leave it as it is. */
export function isOneWord(text: string): boolean {
  return text !== '' && Array.from(text).every((char) => harmless.test(char))
}
