// Why this file exists: DNS's sockets, on the interfaces and on loopback for the same addresses, so that the
// appliance's own programs are answered too, and nobody who comes in by another interface.
import type { Server } from 'node:net'
import { formatIp4 } from '#directory'
import { type DnsServerOptions, serveDnsTcp, serveDnsUdp } from '#dns'
import { boundTcpDescriptor, openBoundUdp, type UdpPort } from '#net'
import type { Place } from './place.ts'

const dnsPort = 53

export async function openDns(
  places: readonly Place[],
  options: DnsServerOptions,
): Promise<{ close(): Promise<void> }> {
  const udp: UdpPort[] = []
  const tcp: Server[] = []
  for (const place of listeningPlaces(places)) {
    const port = await openBoundUdp({ ...place, port: dnsPort })
    udp.push(port)
    serveDnsUdp(port, options)
    tcp.push(await serveDnsTcp({ fd: boundTcpDescriptor({ ...place, port: dnsPort }) }, options))
  }
  return {
    async close() {
      for (const server of tcp) server.close()
      await Promise.all(udp.map((port) => port.close()))
    },
  }
}

/** Each address on its interface, and on loopback, by which we ourselves come. */
export function listeningPlaces(
  places: readonly Place[],
): readonly { readonly interfaceName: string; readonly address: string }[] {
  return places.flatMap(({ interfaceName, addresses }) =>
    addresses.flatMap((address) => {
      const here = { interfaceName, address: formatIp4(address) }
      return interfaceName === 'lo' ? [here] : [here, { ...here, interfaceName: 'lo' }]
    }),
  )
}
