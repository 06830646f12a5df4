// Why this file exists: names come from LDAP, packets and people; only those that are safe in DNS, LDAP,
// logs and host names become a type, so that nothing later has to look again.
declare const labelBrand: unique symbol
declare const dnsNameBrand: unique symbol

/** One host label (RFC 1123): letters, digits, inner hyphens, at most 63, lower case. */
export type Label = string & { readonly [labelBrand]: true }

/** A full name of such labels without the last dot, lower case, at most 253 characters. */
export type DnsName = string & { readonly [dnsNameBrand]: true }

const labelLengthMax = 63
const nameLengthMax = 253
const hyphen = 45
const dot = 46

function isLabel(text: string): text is Label {
  return labelEnd(text, 0) === text.length
}

function isDnsName(text: string): text is DnsName {
  if (text.length > nameLengthMax) return false
  let end = labelEnd(text, 0)
  while (text.charCodeAt(end) === dot) end = labelEnd(text, end + 1)
  return end === text.length
}

/** Where the label that begins at `start` ends; -1 when none begins there. */
function labelEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && isInLabel(text.charCodeAt(end))) end += 1
  const isOne =
    end > start &&
    end - start <= labelLengthMax &&
    text.charCodeAt(start) !== hyphen &&
    text.charCodeAt(end - 1) !== hyphen
  return isOne ? end : -1
}

function isInLabel(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === hyphen
}

export function parseLabel(text: string): Label | undefined {
  if (isLabel(text)) return text
  const lower = text.toLowerCase()
  return isLabel(lower) ? lower : undefined
}

export function parseDnsName(text: string): DnsName | undefined {
  if (isDnsName(text)) return text
  const lower = text.toLowerCase()
  const relative = lower.endsWith('.') ? lower.slice(0, -1) : lower
  return isDnsName(relative) ? relative : undefined
}

/** `undefined` when the joined name would be longer than DNS allows. */
export function joinName(...parts: readonly (Label | DnsName)[]): DnsName | undefined {
  return parseDnsName(parts.join('.'))
}
