// Why this file exists: core makes the appliance's end of a VO's network, hosts make theirs, and wire opens ours. All of
// them find it by what it is called and where it stands, which follows from the network alone.
import { type Ip4, ip4, netmask, type Subnet } from './ip4.ts'

/** The namespace that holds nothing but the appliance's end, so that nothing else of the appliance can be reached. */
export function namespaceName(vni: number): string {
  return `cvo${vni}`
}

export function vxlanName(vni: number): string {
  return `cvx${vni}`
}

/** The appliance's end of a tenant network: it answers DHCP and DNS there. */
export function applianceAddress(subnet: Subnet): Ip4 {
  return ip4(((subnet.number & netmask(subnet.prefix)) >>> 0) + 1)
}
