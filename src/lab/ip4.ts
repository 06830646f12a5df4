// Why this file exists: the rack's network may be any that a person names, so its addresses are computed, and this
// room borrows no arithmetic from the appliance that it is there to check.

export interface Network {
  readonly first: number
  readonly prefixBits: number
}

const octet = /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/

/** Room for the appliance, the machines, the spare entry and a pool for strangers. */
const prefixBitsMin = 8
const prefixBitsMax = 26

/** `10.77.0.0/24`; `undefined` when it is no network address or leaves no room for a rack. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits = '', ...more] = text.split('/')
  const octets = address.split('.')
  if (more.length > 0 || octets.length !== 4 || !octets.every((part) => octet.test(part)))
    return undefined
  const prefixBits = /^\d{1,2}$/.test(bits) ? Number(bits) : 0
  if (prefixBits < prefixBitsMin || prefixBits > prefixBitsMax) return undefined
  const first = octets.reduce((sum, part) => sum * 256 + Number(part), 0)
  return first % networkSize(prefixBits) === 0 ? { first, prefixBits } : undefined
}

export function networkSize(prefixBits: number): number {
  return 2 ** (32 - prefixBits)
}

/** The n-th address of a network; 0 is the network itself. */
export function addressAt(network: Network, n: number): string {
  return dotted(network.first + n)
}

export function netmaskOf(network: Network): string {
  return dotted(2 ** 32 - networkSize(network.prefixBits))
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}
