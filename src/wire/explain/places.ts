// Why this file exists: what a machine gets depends on where it asks, so `explain` asks there: on the interface that has its
// network, by the relay of a network that is on none, at the end of a VO's network.
import { contains, formatIp4, type Ip4, ip4, type Network, type Snapshot } from '#directory'
import type { Forwarding, ZoneView } from '#dns'
import type { Arrival, DhcpService } from '#pxe'
import type { Place } from '../place.ts'

/** One end at which packets are answered: an interface of the appliance, or the end of a VO's network. */
export interface ExplainedEnd {
  readonly place: Place
  /** Absent: DHCP is off there. */
  readonly dhcp?: DhcpService
  /** Absent: DNS is off there. */
  readonly zone?: () => ZoneView | undefined
  readonly forwarding: Forwarding
  /** What is served there; a VO's end knows of nothing else. */
  readonly snapshot: () => Snapshot | undefined
  /** Of a VO's network. */
  readonly vni?: number
}

/** Where and how a machine would ask. */
export interface AskingPlace {
  readonly end: ExplainedEnd
  readonly where: string
  readonly arrival: Arrival
  /** The relay that would ask for it. */
  readonly relay?: Ip4
}

const nowhere = ip4(0)
const clientPort = 68
const serverPort = 67

export function isOn(network: Network, { subnets }: Place): boolean {
  return subnets.some((one) => contains(one, network.number) || contains(network, one.number))
}

/** On our own wire there, or by the gateway of its network. */
export function placesFor(network: Network, ends: readonly ExplainedEnd[]): readonly AskingPlace[] {
  const fit = ends.filter(({ vni }) => vni === network.vni)
  const near = fit.filter(({ place }) => isOn(network, place))
  if (near.length > 0) return near.map(directly)
  const relayed = placeByRelay(network, ends)
  return relayed ? [relayed] : []
}

/** Its gateway asks for whoever is there. No VO's network has a relay. */
export function placeByRelay(
  { gateway, vni }: Network,
  ends: readonly ExplainedEnd[],
): AskingPlace | undefined {
  const first = ends.find((end) => end.vni === undefined)
  if (vni !== undefined || gateway === undefined || first === undefined) return undefined
  return byRelay(first, gateway)
}

export function directly(end: ExplainedEnd): AskingPlace {
  const { place } = end
  const arrival = arrivalAt(place, nowhere, clientPort)
  return { end, where: `on ${place.interfaceName}`, arrival }
}

function byRelay(end: ExplainedEnd, relay: Ip4): AskingPlace {
  const arrival = arrivalAt(end.place, relay, serverPort)
  const where = `by relay ${formatIp4(relay)} on ${end.place.interfaceName}`
  return { end, where, arrival, relay }
}

export function arrivalAt(place: Place, source: Ip4, sourcePort: number): Arrival {
  const { interfaceName, address, addresses, subnets } = place
  return {
    interfaceName,
    interfaceAddress: address,
    addresses,
    subnets,
    source,
    sourcePort,
    port: serverPort,
  }
}
