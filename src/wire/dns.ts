// Why this file exists: DNS's sockets, on the interfaces and on loopback for the same addresses, so that the
// appliance's own programs are answered too, and nobody who comes in by another interface.
import type { Server, Socket } from 'node:net'
import { formatIp4 } from '#directory'
import { type DnsServerOptions, serveDnsTcp, serveDnsUdp } from '#dns'
import { boundTcpDescriptor, type NetworkNamespace, openBoundUdp } from '#net'
import type { Closer } from './context.ts'
import type { Place } from './place.ts'

const dnsPort = 53

export interface ListeningPlace {
  readonly interfaceName: string
  readonly address: string
  /** Absent: where wire itself is. */
  readonly namespace?: NetworkNamespace
}

/** Opens all of them or none. */
export async function openDns(
  places: readonly ListeningPlace[],
  options: DnsServerOptions,
): Promise<Closer> {
  await using opening = new AsyncDisposableStack()
  for (const place of places) {
    const port = await openBoundUdp({ ...place, port: dnsPort })
    opening.defer(() => port.close())
    serveDnsUdp(port, options)
    const fd = boundTcpDescriptor({ ...place, port: dnsPort })
    const server = await serveDnsTcp({ fd }, options)
    const connections = connectionsOf(server)
    opening.defer(() => {
      server.close()
      // A connection left open would keep its namespace alive.
      for (const socket of connections) socket.destroy()
    })
  }
  const opened = opening.move()
  return { close: () => opened.disposeAsync() }
}

function connectionsOf(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return open
}

/** Each address on its interface, and on loopback, by which we ourselves come. */
export function listeningPlaces(places: readonly Place[]): readonly ListeningPlace[] {
  return places.flatMap(({ interfaceName, addresses }) =>
    addresses.flatMap((address) => {
      const here = { interfaceName, address: formatIp4(address) }
      return interfaceName === 'lo' ? [here] : [here, { ...here, interfaceName: 'lo' }]
    }),
  )
}
