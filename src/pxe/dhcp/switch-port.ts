// Why this file exists: a circuit id is a switch's own name of a port. Read into numbers, it tells a person which
// socket to look at, whoever made the switch.

export interface SwitchPort {
  readonly slot?: string
  readonly module?: string
  readonly port: string
  readonly subPort?: string
  readonly vlan?: string
}

/** Arista, Cisco: `Ethernet14:Vlan2001`, `Gi1/10:2020`, `Ethernet3/17/1`, `Port-Channel10`. */
const wordShape =
  /^(?:Ethernet|Gi|Te|Port-Channel)(?:(?<slot>\d+)\/)?(?:(?<module>\d+)\/)?(?<port>\d+)(?::(?<vlan>(?:Vlan)?\d+))?$/
/** Juniper: `xe-0/0/14:2`, `et-0/0/0:0.0`, `ae52.0`. */
const juniperShape =
  /^(?:[a-z]{2}-(?<slot>\d+)\/(?<module>\d+)\/(?<port>\d+)(?::(?<subPort>\d+)(?:\.\d+)?)?|ae(?<bundle>\d+)(?:\.(?<unit>\d+))?)$/

/** `undefined` for a name of another make; it is shown as it is. */
export function readSwitchPort(circuitId: string): SwitchPort | undefined {
  const groups = (wordShape.exec(circuitId) ?? juniperShape.exec(circuitId))?.groups
  const port = groups?.['port'] ?? groups?.['bundle']
  if (!groups || port === undefined) return undefined
  const { slot, module, vlan } = groups
  const subPort = groups['subPort'] ?? groups['unit']
  return {
    ...(slot !== undefined && { slot }),
    ...(module !== undefined && { module }),
    port,
    ...(subPort !== undefined && { subPort }),
    ...(vlan !== undefined && { vlan }),
  }
}
