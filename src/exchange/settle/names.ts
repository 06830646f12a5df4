// Why this file exists: names in old files are full, short, foreign, or no host names at all; here each becomes a name
// relative to our domain, or nothing.
import { type DnsName, type Label, parseDnsName, parseIp4, parseLabel } from '#directory'

export interface ReadName {
  readonly name: DnsName
  /** Has a domain that is none of ours. */
  readonly isForeign: boolean
}

export class NameReader {
  readonly #suffixes: readonly string[]

  /** The longest first, so that the name that remains is the shortest. */
  constructor(domains: Iterable<string>) {
    this.#suffixes = [...domains]
      .map((domain) => `.${domain}`)
      .toSorted((a, b) => b.length - a.length)
  }

  /** `undefined`: nothing that DNS, a shell and a log could bear. */
  read(text: string): ReadName | undefined {
    const lower = text.trim().toLowerCase().replace(/\.$/, '')
    const suffix = this.#suffixes.find((each) => lower.endsWith(each))
    const bare = suffix === undefined ? lower : lower.slice(0, -suffix.length)
    // Underscores are the one mistake that is everywhere, and what was meant is plain.
    const name = parseDnsName(bare.replaceAll('_', '-'))
    if (name === undefined || parseIp4(name) !== undefined) return undefined
    return { name, isForeign: suffix === undefined && name.includes('.') }
  }
}

export function firstLabel(name: DnsName): DnsName | undefined {
  return parseDnsName(name.split('.')[0] ?? '')
}

/** `eth1` and `n001` of `eth1.n001`. */
export function splitFirst(
  name: DnsName,
): { readonly label: Label; readonly rest: string } | undefined {
  const dot = name.indexOf('.')
  const label = dot < 0 ? undefined : parseLabel(name.slice(0, dot))
  return label === undefined ? undefined : { label, rest: name.slice(dot + 1) }
}

/** Whatever people call a card or a network, as a label; `undefined` when nothing of it remains. */
export function labelOf(text: string): Label | undefined {
  const letters = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return parseLabel(letters.slice(0, 63).replace(/-+$/, ''))
}
