// Why this file exists: what is inside an option is a stranger's word too. Each reader gives a typed value or
// `undefined`; an option that is wrong is as good as not sent, and its message is still answered.
import { type DnsName, type Ip4, type Label, parseDnsName, parseLabel } from '#directory'
import { addressAt, u16, u32 } from './decode.ts'
import { type Options, optionOf } from './options.ts'

export function addressOption(options: Options, code: number): Ip4 | undefined {
  const bytes = optionOf(options, code)
  return bytes?.length === 4 ? addressAt(bytes, 0) : undefined
}

export function u16Option(options: Options, code: number): number | undefined {
  const bytes = optionOf(options, code)
  return bytes?.length === 2 ? u16(bytes, 0) : undefined
}

export function u32Option(options: Options, code: number): number | undefined {
  const bytes = optionOf(options, code)
  return bytes?.length === 4 ? u32(bytes, 0) : undefined
}

/** Without the NUL that some clients send along. Bytes as Latin-1; whoever shows it escapes it. */
export function textOption(options: Options, code: number): string | undefined {
  const bytes = optionOf(options, code)
  return bytes && latin1(bytes).replace(/\0+$/, '')
}

export function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

export function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** RFC 5859, RFC 2132 §3.5 and others: one or more addresses. */
export function addressList(bytes: Uint8Array): readonly Ip4[] | undefined {
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, at) => addressAt(bytes, at * 4))
}

/** RFC 2132 §5.8: destination and router. */
export function addressPairs(
  bytes: Uint8Array,
): readonly { readonly to: Ip4; readonly by: Ip4 }[] | undefined {
  if (bytes.length === 0 || bytes.length % 8 !== 0) return undefined
  return Array.from({ length: bytes.length / 8 }, (_, at) => ({
    to: addressAt(bytes, at * 8),
    by: addressAt(bytes, at * 8 + 4),
  }))
}

/** HOSTILE 6: the name a client gives itself is a label, or nothing. */
export function hostLabel(text: string): Label | undefined {
  return parseLabel(text.split('.')[0] ?? '')
}

/** RFC 4702 §2: flags, two dead bytes, then a name in wire form (flag E) or in ASCII. HOSTILE 5. */
export function fullName(bytes: Uint8Array): DnsName | undefined {
  if (bytes.length < 4) return undefined
  const name = bytes.subarray(3)
  if (((bytes[0] ?? 0) & 4) === 0) return parseDnsName(latin1(name).replace(/\0+$/, ''))
  const labels: string[] = []
  for (let at = 0; at < name.length;) {
    const length = name[at] ?? 0
    if (length === 0) break
    if (length > 63 || at + 1 + length > name.length) return undefined
    labels.push(latin1(name.subarray(at + 1, at + 1 + length)))
    at += 1 + length
  }
  return parseDnsName(labels.join('.'))
}

/**
 * RFC 3004: instances with a length before each. Firmware (iPXE above all) sends bare text instead: what does not
 * add up as instances is one class as it stands.
 */
export function userClasses(bytes: Uint8Array): readonly string[] {
  const classes: string[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] ?? 0
    if (length === 0 || at + 1 + length > bytes.length) return [latin1(bytes)]
    classes.push(latin1(bytes.subarray(at + 1, at + 1 + length)))
    at += 1 + length
  }
  return classes
}
