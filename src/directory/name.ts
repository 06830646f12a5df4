// Why this file exists: names come from LDAP, packets and people; only those that are safe in DNS, LDAP,
// logs and host names become a type, so that nothing later has to look again.
declare const labelBrand: unique symbol
declare const dnsNameBrand: unique symbol

/** One host label (RFC 1123): letters, digits, inner hyphens, at most 63, lower case. */
export type Label = string & { readonly [labelBrand]: true }

/** A full name of such labels without the last dot, lower case, at most 253 characters. */
export type DnsName = string & { readonly [dnsNameBrand]: true }

const labelShape = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

function isLabel(text: string): text is Label {
  return labelShape.test(text)
}

function isDnsName(text: string): text is DnsName {
  if (!text.includes('.')) return labelShape.test(text)
  return text.length <= 253 && text.split('.').every(isLabel)
}

export function parseLabel(text: string): Label | undefined {
  const lower = text.toLowerCase()
  return isLabel(lower) ? lower : undefined
}

export function parseDnsName(text: string): DnsName | undefined {
  const lower = text.toLowerCase().replace(/\.$/, '')
  return isDnsName(lower) ? lower : undefined
}

/** `undefined` when the joined name would be longer than DNS allows. */
export function joinName(...parts: readonly (Label | DnsName)[]): DnsName | undefined {
  return parseDnsName(parts.join('.'))
}
