// Why this file exists: which addresses an interface has decides what we bind to and what we tell machines about us.
import { networkInterfaces } from 'node:os'
import { Fault } from '#fault'
import { libc } from './libc.ts'
import type { NetworkNamespace } from './namespace.ts'

export interface InterfaceAddresses {
  readonly mac: string
  readonly ip4: readonly { readonly address: string; readonly netmask: string }[]
  /** Absent while IPv6 is off, or before the interface has come up. */
  readonly linkLocal?: string
}

/** What an interface has now; `undefined` when it has no address at all, or does not exist. */
export function interfaceAddresses(
  name: string,
  namespace?: NetworkNamespace,
): InterfaceAddresses | undefined {
  const all = namespace === undefined ? networkInterfaces() : namespace.within(networkInterfaces)
  const found = all[name]
  const first = found?.[0]
  if (!found || !first) return undefined
  const linkLocal = found.find((one) => one.family === 'IPv6' && isLinkLocal(one.address))?.address
  return {
    mac: first.mac,
    ip4: found
      .filter((one) => one.family === 'IPv4')
      .map(({ address, netmask }) => ({ address, netmask })),
    ...(linkLocal === undefined ? {} : { linkLocal }),
  }
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address)
}

/** The kernel's number of an interface; one that is made anew under the same name has another. */
export function interfaceIndex(name: string, namespace?: NetworkNamespace): number {
  if (namespace !== undefined) return namespace.within(() => interfaceIndex(name))
  const index = libc().interfaceIndex(name)
  if (index === 0) throw noSuchInterface(name)
  return index
}

export function noSuchInterface(name: string): Fault {
  const others = Object.keys(networkInterfaces()).join(', ')
  return new Fault('CPC-NET-003', {
    what: `no interface is called ${name}`,
    where: 'interfaces in coppice.yaml, or a network of the directory',
    why: others === '' ? 'no interface here is up' : `interfaces that are up here: ${others}`,
    todo: `create ${name} and bring it up (ip link set ${name} up), or name another interface`,
  })
}
