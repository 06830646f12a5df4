// Why this file exists: where wire serves: the interfaces of the configuration with the addresses they have now.
import { type Ip4, ip4, netmask, parseIp4, prefixOfMask, type Subnet } from '#directory'
import { type InterfaceAddresses, interfaceAddresses } from '#net'
import { noAddress } from '../serve/interface-address.ts'

export interface Place {
  readonly interfaceName: string
  /** The first address; replies name it. */
  readonly address: Ip4
  readonly addresses: readonly Ip4[]
  readonly subnets: readonly Subnet[]
}

export function placeOf(interfaceName: string): Place {
  const place = placeWith(interfaceName, interfaceAddresses(interfaceName))
  if (place === undefined) throw noAddress(interfaceName)
  return place
}

/** `undefined` without an IPv4 address: nobody can be answered from there. */
export function placeWith(
  interfaceName: string,
  has: InterfaceAddresses | undefined,
): Place | undefined {
  const found = has?.ip4 ?? []
  const subnets = found.flatMap(({ address, netmask: mask }) => subnetOf(address, mask))
  const addresses = found.flatMap(({ address }) => parseIp4(address) ?? [])
  const [first] = addresses
  return first === undefined ? undefined : { interfaceName, address: first, addresses, subnets }
}

function subnetOf(addressText: string, maskText: string): Subnet[] {
  const address = parseIp4(addressText)
  const mask = parseIp4(maskText)
  const prefix = mask === undefined ? undefined : prefixOfMask(mask)
  if (address === undefined || prefix === undefined) return []
  return [{ number: ip4((address & netmask(prefix)) >>> 0), prefix }]
}
