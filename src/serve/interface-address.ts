// Why this file exists: keeper, core and wire serve on the same addresses, and say in the same words when one is missing.
import { networkInterfaces } from 'node:os'
import { Fault } from '#fault'

/** The first IPv4 address of an interface, as text. */
export function addressOf(interfaceName: string): string {
  const found = networkInterfaces()[interfaceName]?.find(({ family }) => family === 'IPv4')
  if (found === undefined) throw noAddress(interfaceName)
  return found.address
}

export function noAddress(interfaceName: string): Fault {
  return new Fault('CPC-SRV-004', {
    what: 'an interface has no address to serve on',
    where: `coppice.yaml, interfaces: ${interfaceName}`,
    why: `${interfaceName} is not here or has no IPv4 address`,
    todo: `give it one (ip address add ADDRESS/PREFIX dev ${interfaceName}; ip link set ${interfaceName} up) or correct interfaces:`,
  })
}
