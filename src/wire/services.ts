// Why this file exists: which services run is the configuration's word; each is opened here with what it needs.
import { randomInt } from 'node:crypto'
import { contains, type Subnet } from '#directory'
import { type Forwarder, forwardingBy, openForwarder, type ZoneView } from '#dns'
import { type AdvertiserEvent, openRouterAdvertiser } from '#net'
import { createDhcpService, defaultDhcpLimits, type DhcpService } from '#pxe'
import { openBootHttp } from './boot-http.ts'
import type { Closer, WireContext } from './context.ts'
import { openDhcp } from './dhcp.ts'
import { listeningPlaces, openDns } from './dns.ts'
import type { ExplainedEnd } from './explain/places.ts'
import { openTftp } from './tftp.ts'
import { openWhoAnswers } from './who-answers.ts'

const leaseTickMs = 5_000
const idMax = 65_536

export interface Services {
  readonly open: readonly Closer[]
  /** What `explain` asks: an end for each interface. */
  readonly ends: readonly ExplainedEnd[]
}

export async function openServices(context: WireContext): Promise<Services> {
  const { places, settings, picture } = context
  const { services, interfaces } = settings
  const open: Closer[] = []
  const dhcp = services.dhcp === 'off' ? undefined : await startDhcp(context, services.dhcp)
  if (dhcp) open.push(dhcp)
  const forwarder = forwarderOf(context)
  if (services.dns === 'on') open.push(await startDns(context, forwarder))
  if (services.tftp === 'on') open.push(await openTftp(context))
  if (services.http === 'on') open.push(await openBootHttp(context))
  for (const interfaceName of interfaces) open.push(await advertise(context, interfaceName))
  const ends = places.map((place): ExplainedEnd => ({
    place,
    ...(dhcp && { dhcp: dhcp.service }),
    ...(services.dns === 'on' && { zone: zoneOf(context) }),
    forwarding: forwardingBy(forwarder),
    snapshot: () => picture()?.snapshot,
  }))
  return { open, ends }
}

function zoneOf({ places, picture }: WireContext): () => ZoneView | undefined {
  const applianceAddresses = places.flatMap(({ addresses }) => addresses)
  return () => {
    const now = picture()
    return now && { snapshot: now.snapshot, applianceAddresses, serial: now.serial }
  }
}

/** It holds nothing until it is asked. */
function forwarderOf({ settings }: WireContext): Forwarder | undefined {
  const { forwarders } = settings.dns
  return forwarders.length === 0 ? undefined : openForwarder(forwarders, () => randomInt(idMax))
}

function startDns(context: WireContext, forwarder: Forwarder | undefined): Promise<Closer> {
  const { places, count, clock, lastSeen } = context
  return openDns(listeningPlaces(places), {
    view: zoneOf(context),
    forwarder,
    count: (why) => count(`dns ${why}`),
    seen: (seen) => lastSeen.noteDns(seen, clock().wallMs),
  })
}

interface RunningDhcp extends Closer {
  readonly service: DhcpService
}

async function startDhcp(
  context: WireContext,
  mode: 'authoritative' | 'proxy',
): Promise<RunningDhcp> {
  const { places, picture, log } = context
  // The sockets and the service need each other; a packet that comes in between is asked again.
  const service: { current?: DhcpService } = {}
  const door = await openDhcp({ places, mode, log }, async (bytes, arrival) => {
    if (picture() !== undefined) await service.current?.receive(bytes, arrival)
  })
  const current = createDhcpService({
    ...context,
    world: () => worldOf(context, mode),
    whoAnswers: openWhoAnswers(places, log),
    isNear: (network) => places.some(({ subnets }) => subnets.some((one) => overlap(one, network))),
    send: door.send,
    sight: (sighting) => void context.report(sighting),
  })
  service.current = current
  const tick = (): void => {
    if (picture() !== undefined) void current.tick()
  }
  tick()
  const ticking = setInterval(tick, leaseTickMs)
  return {
    service: current,
    async close() {
      clearInterval(ticking)
      await door.close()
    },
  }
}

function overlap(one: Subnet, other: Subnet): boolean {
  return contains(one, other.number) || contains(other, one.number)
}

function worldOf({ picture, places, files }: WireContext, mode: 'authoritative' | 'proxy') {
  const now = picture()
  if (now === undefined) throw new Error('DHCP was asked before the first snapshot')
  const addresses = new Set(places.flatMap((place) => place.addresses))
  const settings = { mode, addresses, limits: defaultDhcpLimits }
  const isHeld = (name: string): boolean => files.find(name) !== undefined
  return { snapshot: now.snapshot, settings, nextBoot: now.nextBoot, isHeld }
}

async function advertise({ log }: WireContext, interfaceName: string): Promise<Closer> {
  const onEvent = (event: AdvertiserEvent): void => {
    if (event.kind !== 'answered') log(`router advertisements on ${interfaceName}: ${event.kind}`)
  }
  try {
    const advertiser = await openRouterAdvertiser(interfaceName, onEvent)
    if (advertiser.warning !== undefined) log(advertiser.warning.message)
    return advertiser
  } catch (error) {
    // Machines boot without it, some 13 seconds later.
    log(`no router advertisements on ${interfaceName}: ${String(error)}`)
    return { close: () => Promise.resolve() }
  }
}
