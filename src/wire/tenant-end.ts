// Why this file exists: one end of a VO's network: DHCP and DNS within its namespace, of that VO alone, and nothing else.
import { formatIp4, type Ip4, type Snapshot } from '#directory'
import { forwardingBy, type ZoneView } from '#dns'
import { Fault } from '#fault'
import type { Sighting } from '#feed'
import { interfaceAddresses, interfaceIndex, type NetworkNamespace, openNamespace } from '#net'
import { createDhcpService, defaultDhcpLimits, type DhcpService } from '#pxe'
import { namespaceName, vxlanName } from '#directory'
import type { Closer, WireContext } from './context.ts'
import { openDhcp } from './dhcp.ts'
import { openDns } from './dns.ts'
import type { ExplainedEnd } from './explain/places.ts'
import { type Place, placeWith } from './place.ts'
import { rateOf } from './rate.ts'
import { tenantViewer } from './tenant-view.ts'

export type TenantContext = Pick<
  WireContext,
  'clock' | 'picture' | 'book' | 'journal' | 'report' | 'count' | 'log' | 'lastSeen'
>

export interface TenantEnd extends Closer {
  /** What its sockets are bound to: see `standingOf`. */
  readonly standing: string
  readonly dhcp: DhcpService
  readonly explained: ExplainedEnd
}

/** A VO's network leads to nobody who could be asked about others' names. */
const forwarder = undefined
/** A whole VO that is switched on speaks in one second; each packet may cost a write to the disk. */
const dhcpRate = { perSecond: 200, burst: 2_000 }
/** A parallel program looks up the names of all its nodes at once, on each of them. */
const dnsRate = { perSecond: 5_000, burst: 20_000 }
const tcpConnectionsMax = 32

/** Throws the Faults of `openNamespace`, of sockets, and CPC-NET-009. Leaves nothing open then. */
export async function openTenantEnd(vni: number, context: TenantContext): Promise<TenantEnd> {
  using namespace = openNamespace(namespaceName(vni))
  const place = placeIn(namespace, vxlanName(vni))
  const standing = standingIn(namespace, place)
  const view = tenantViewer(vni, () => context.picture()?.snapshot)
  await using opening = new AsyncDisposableStack()
  const dhcp = await startDhcp({ context, place, namespace, view })
  opening.defer(() => dhcp.door.close())
  const dns = await startDns({ context, place, namespace, view })
  opening.defer(() => dns.close())
  const opened = opening.move()
  const zone = zoneOf({ context, place, view })
  const forwarding = forwardingBy(forwarder)
  const explained = { place, dhcp: dhcp.service, zone, forwarding, snapshot: view, vni }
  return { standing, dhcp: dhcp.service, explained, close: () => opened.disposeAsync() }
}

/** Namespace, device and addresses: sockets outlive each of them, and hear nothing more. `undefined`: not there. */
export function standingOf(vni: number): string | undefined {
  try {
    using namespace = openNamespace(namespaceName(vni))
    return standingIn(namespace, placeIn(namespace, vxlanName(vni)))
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

function standingIn(
  namespace: NetworkNamespace,
  { interfaceName, addresses, subnets }: Place,
): string {
  const index = interfaceIndex(interfaceName, namespace)
  return JSON.stringify([namespace.inode, index, addresses, subnets])
}

interface Parts {
  readonly context: TenantContext
  readonly place: Place
  readonly namespace: NetworkNamespace
  readonly view: () => Snapshot | undefined
}

async function startDhcp({ context, place, namespace, view }: Parts) {
  const { clock, log, report } = context
  const rate = rateOf(dhcpRate.perSecond, dhcpRate.burst)
  const running: { service?: DhcpService } = {}
  const door = await openDhcp(
    { places: [place], mode: 'authoritative', namespace, log },
    async (bytes, arrival) => {
      if (view() === undefined) return
      if (rate.admits(clock().monotonicMs)) await running.service?.receive(bytes, arrival)
      else context.count('vo dhcp dropped')
    },
  )
  const addresses: ReadonlySet<Ip4> = new Set(place.addresses)
  const settings = {
    mode: 'authoritative',
    addresses,
    limits: defaultDhcpLimits,
    describedOnly: true,
  } as const
  const service = createDhcpService({
    ...context,
    world: () => ({
      snapshot: shown(view),
      settings,
      nextBoot: () => 'by-role',
      isHeld: () => false,
    }),
    // Every address there is of the directory; none is tried out first.
    whoAnswers: () => Promise.resolve(new Map()),
    isNear: () => true,
    count: (what) => context.count(`vo ${what}`),
    send: door.send,
    sight(sighting) {
      if (isWorthTelling(sighting, view())) void report(sighting)
    },
  })
  running.service = service
  return { door, service }
}

/** Of cards that nobody has described the log is enough: their number is up to whoever makes them. */
function isWorthTelling({ kind, mac }: Sighting, view: Snapshot | undefined): boolean {
  return kind === 'alarm' || (mac !== undefined && view?.byMac.has(mac) === true)
}

function zoneOf({ context, place, view }: Omit<Parts, 'namespace'>): () => ZoneView | undefined {
  const applianceAddresses = [place.address]
  return () => {
    const snapshot = view()
    const serial = context.picture()?.serial
    if (snapshot === undefined || serial === undefined) return undefined
    return { snapshot, applianceAddresses, serial }
  }
}

function startDns(parts: Parts): Promise<Closer> {
  const { context, place, namespace } = parts
  const { count, clock, lastSeen } = context
  const { interfaceName, address } = place
  const rate = rateOf(dnsRate.perSecond, dnsRate.burst)
  return openDns([{ interfaceName, address: formatIp4(address), namespace }], {
    view: zoneOf(parts),
    forwarder,
    count: (why) => count(`vo dns ${why}`),
    seen: (seen) => lastSeen.noteDns(seen, clock().wallMs),
    admits: rate.admits,
    connectionsMax: tcpConnectionsMax,
  })
}

/** A packet is only received while there is a view, and nothing changes until it is answered. */
function shown(view: () => Snapshot | undefined): Snapshot {
  const snapshot = view()
  if (snapshot === undefined) throw new Error('the network went while a packet was answered')
  return snapshot
}

function placeIn(namespace: NetworkNamespace, device: string): Place {
  const place = placeWith(device, interfaceAddresses(device, namespace))
  if (place !== undefined) return place
  throw new Fault('CPC-NET-009', {
    what: `the end of a VO's network has no address`,
    where: `${device} in network namespace ${namespace.name}`,
    why: `${device} is not there, is down, or has no IPv4 address`,
    todo: `look at ip -n ${namespace.name} address; coppice cluster apply makes the end anew`,
  })
}
