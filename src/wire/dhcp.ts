// Why this file exists: DHCP's sockets: one on each interface, and a way to reach a card that has no address yet.
import { formatIp4, type Ip4, parseIp4 } from '#directory'
import {
  type LinkSender,
  type NetworkNamespace,
  openBoundUdp,
  openLinkSender,
  type UdpPort,
} from '#net'
import type { Arrival, Destination, DhcpService } from '#pxe'
import type { Place } from './place.ts'

const serverPort = 67
const proxyPort = 4011
const bootReply = 2
/** A rack that is switched on speaks in one second. */
const receiveBufferBytes = 4 * 1024 * 1024

export interface DhcpDoor {
  readonly send: (bytes: Uint8Array, destination: Destination, arrival: Arrival) => void
  close(): Promise<void>
}

export interface DhcpDoorOptions {
  readonly places: readonly Place[]
  readonly mode: 'authoritative' | 'proxy'
  /** Absent: where wire itself is. */
  readonly namespace?: NetworkNamespace
  readonly log: (line: string) => void
}

interface OpenPort {
  readonly port: UdpPort
  readonly link: LinkSender
}

/** Opens the ports, and hands each packet to the service with where it came in. Opens all of them or none. */
export async function openDhcp(
  options: DhcpDoorOptions,
  receive: DhcpService['receive'],
): Promise<DhcpDoor> {
  const { places, mode, namespace, log } = options
  await using opening = new AsyncDisposableStack()
  const open = new Map<string, OpenPort>()
  for (const place of places) {
    const { interfaceName } = place
    for (const number of mode === 'proxy' ? [serverPort, proxyPort] : [serverPort]) {
      const port = await openPort(interfaceName, number, namespace)
      opening.defer(() => port.close())
      const link = openLinkSender(interfaceName, namespace)
      opening.defer(() => link.close())
      open.set(`${interfaceName}:${number}`, { port, link })
      port.onMessage((bytes, from) => {
        const source = parseIp4(from.address)
        if (source === undefined) return
        const arrival = arrivalAt(place, source, { from: from.port, to: number })
        receive(bytes, arrival).catch((error: unknown) => log(`DHCP: ${String(error)}`))
      })
    }
  }
  if (mode === 'authoritative' && namespace === undefined)
    for (const place of places) opening.use(await overhear(place, receive, log))
  const opened = opening.move()
  return {
    send(bytes, destination, arrival) {
      const door = open.get(`${arrival.interfaceName}:${arrival.port}`)
      if (door !== undefined) sendBy(door, bytes, destination, arrival)
    },
    close: () => opened.disposeAsync(),
  }
}

const clientPort = 68

/** HOSTILE 10: what another server broadcasts to its clients. A client of our own that sits there makes us deaf only. */
async function overhear(
  place: Place,
  receive: DhcpService['receive'],
  log: (line: string) => void,
): Promise<AsyncDisposable> {
  const { interfaceName, addresses } = place
  try {
    const port = await openBoundUdp({ interfaceName, port: clientPort })
    port.onMessage((bytes, from) => {
      const source = parseIp4(from.address)
      // The kernel lets us hear our own broadcasts.
      if (source === undefined || addresses.includes(source) || bytes[0] !== bootReply) return
      const arrival = arrivalAt(place, source, { from: from.port, to: clientPort })
      receive(bytes, arrival).catch((error: unknown) => log(`DHCP: ${String(error)}`))
    })
    return { [Symbol.asyncDispose]: () => port.close() }
  } catch (error) {
    log(`other DHCP servers on ${interfaceName} are not overheard: ${String(error)}`)
    return { [Symbol.asyncDispose]: () => Promise.resolve() }
  }
}

function openPort(
  interfaceName: string,
  port: number,
  namespace: NetworkNamespace | undefined,
): Promise<UdpPort> {
  return openBoundUdp({
    interfaceName,
    port,
    broadcast: true,
    // One tenant may be deaf for a moment; it may not hold the memory of all.
    ...(namespace === undefined ? { receiveBufferBytes } : { namespace }),
  })
}

function arrivalAt(place: Place, source: Ip4, ports: { from: number; to: number }): Arrival {
  const { interfaceName, address, addresses, subnets } = place
  return {
    interfaceName,
    interfaceAddress: address,
    addresses,
    subnets,
    source,
    sourcePort: ports.from,
    port: ports.to,
  }
}

function sendBy(
  { port, link }: OpenPort,
  bytes: Uint8Array,
  destination: Destination,
  arrival: Arrival,
): void {
  // The service writes its next reply into the same buffer; the socket sends later.
  const copy = Uint8Array.from(bytes)
  switch (destination.kind) {
    case 'relay':
    case 'unicast':
      return port.send(copy, formatIp4(destination.address), destination.port)
    case 'broadcast':
      return port.send(copy, '255.255.255.255', destination.port)
    case 'link-layer':
      link.send({
        from: { address: formatIp4(arrival.interfaceAddress), port: arrival.port },
        to: {
          address: formatIp4(destination.address),
          port: destination.port,
          mac: destination.mac,
        },
        payload: copy,
      })
  }
}
