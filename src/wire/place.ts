// Why this file exists: where wire serves: the interfaces of the configuration with the addresses they have now.
import { type Ip4, ip4, netmask, parseIp4, prefixOfMask, type Subnet } from '#directory'
import { interfaceAddresses } from '#net'
import { noAddress } from '../serve/interface-address.ts'

export interface Place {
  readonly interfaceName: string
  /** The first address; replies name it. */
  readonly address: Ip4
  readonly addresses: readonly Ip4[]
  readonly subnets: readonly Subnet[]
}

export function placeOf(interfaceName: string): Place {
  const found = interfaceAddresses(interfaceName)?.ip4 ?? []
  const subnets = found.flatMap(({ address, netmask: mask }) => subnetOf(address, mask))
  const addresses = found.flatMap(({ address }) => parseIp4(address) ?? [])
  const [first] = addresses
  if (first === undefined) throw noAddress(interfaceName)
  return { interfaceName, address: first, addresses, subnets }
}

function subnetOf(addressText: string, maskText: string): Subnet[] {
  const address = parseIp4(addressText)
  const mask = parseIp4(maskText)
  const prefix = mask === undefined ? undefined : prefixOfMask(mask)
  if (address === undefined || prefix === undefined) return []
  return [{ number: ip4((address & netmask(prefix)) >>> 0), prefix }]
}
