// Why this file exists: a service must answer on its own interfaces and nowhere else, and Linux accepts a packet for
// any local address on any interface. Only a socket bound to its device keeps that promise.
import { Fault } from '#fault'
import { noSuchInterface } from './interfaces.ts'
import {
  CallRefused,
  closeOnExec,
  family,
  intOption,
  libc,
  nameOption,
  nonBlocking,
  type SocketOption,
  socketOption,
  socketType,
} from './libc.ts'
import type { NetworkNamespace } from './namespace.ts'
import { notPermitted } from './not-permitted.ts'
import { portHolder } from './port-holder.ts'
import { ip4Octets, ip4SocketAddress } from './socket-address.ts'

export interface BoundPlace {
  readonly interfaceName: string
  /** 0: one that the kernel chooses. */
  readonly port: number
  /** Absent: any address that arrives on the interface, broadcasts too. */
  readonly address?: string
  /** Absent: where the process itself is. */
  readonly namespace?: NetworkNamespace
}

export interface BoundUdpWanted extends BoundPlace {
  readonly broadcast?: boolean
  /** A whole rack that is switched on speaks in one second; without this the kernel keeps 200 kB. */
  readonly receiveBufferBytes?: number
}

const connectionBacklog = 511

/** A UDP socket's descriptor. Without SO_REUSEADDR on purpose: it would hide that a port is taken. */
export function boundUdpDescriptor(wanted: BoundUdpWanted): number {
  return bound('udp', wanted, (descriptor) => {
    if (wanted.broadcast) libc().setOption(descriptor, socketOption.broadcast, intOption(1))
    if (wanted.receiveBufferBytes !== undefined) enlarge(descriptor, wanted.receiveBufferBytes)
  })
}

/** A listening TCP socket's descriptor, for `server.listen({ fd })`. */
export function boundTcpDescriptor(place: BoundPlace): number {
  const reuse: SocketOption = socketOption.reuseAddress
  // TCP differs: a restart must not wait for the last run's connections to be forgotten.
  const descriptor = bound('tcp', place, (open) => libc().setOption(open, reuse, intOption(1)))
  libc().listen(descriptor, connectionBacklog)
  return descriptor
}

function bound(
  protocol: 'udp' | 'tcp',
  place: BoundPlace,
  prepare: (descriptor: number) => void,
): number {
  const open = (): number => boundHere(protocol, place, prepare)
  return place.namespace === undefined ? open() : place.namespace.within(open)
}

function boundHere(
  protocol: 'udp' | 'tcp',
  place: BoundPlace,
  prepare: (descriptor: number) => void,
): number {
  const address = ip4Octets(place.address ?? '0.0.0.0')
  if (!address) throw new TypeError(`${place.address} is no IPv4 address`)
  const type = protocol === 'udp' ? socketType.datagram : socketType.stream
  const descriptor = libc().socket(family.ip4, type | closeOnExec | nonBlocking, 0)
  try {
    libc().setOption(descriptor, socketOption.bindToDevice, nameOption(place.interfaceName))
    prepare(descriptor)
    libc().bind(descriptor, ip4SocketAddress(address, place.port))
    return descriptor
  } catch (cause) {
    libc().close(descriptor)
    throw explained(protocol, place, cause)
  }
}

function enlarge(descriptor: number, bytes: number): void {
  try {
    libc().setOption(descriptor, socketOption.receiveBufferForce, intOption(bytes))
  } catch (cause) {
    // Only root may go over the system's limit; a smaller buffer still serves.
    if (!(cause instanceof CallRefused)) throw cause
  }
}

/** What a refused socket call means to the person who started us. */
export function explained(protocol: 'udp' | 'tcp', place: BoundPlace, cause: unknown): unknown {
  if (!(cause instanceof CallRefused)) return cause
  const inside = place.namespace === undefined ? '' : ` in namespace ${place.namespace.name}`
  const where = `${protocol} ${place.address ?? '*'}:${place.port} on ${place.interfaceName}${inside}`
  switch (cause.reason) {
    case 'EADDRINUSE':
      return portTaken(protocol, place, where)
    case 'EPERM':
    case 'EACCES':
      return notPermitted(where, cause)
    case 'ENODEV':
      return noSuchInterface(place.interfaceName)
    case 'EADDRNOTAVAIL':
      return notOurAddress(place, where)
    default:
      return new Fault(
        'CPC-NET-006',
        {
          what: 'a socket could not be opened',
          where,
          why: cause.message,
          todo: `look at ip address show dev ${place.interfaceName}, then start again`,
        },
        { cause },
      )
  }
}

function portTaken(protocol: 'udp' | 'tcp', place: BoundPlace, where: string): Fault {
  const holder = portHolder(protocol, place.port)
  return new Fault('CPC-NET-001', {
    what: `${protocol} port ${place.port} is taken`,
    where,
    why: holder === undefined ? 'another program holds it' : `${holder} holds it`,
    todo: `stop that program, or turn our service off under services in coppice.yaml`,
  })
}

function notOurAddress(place: BoundPlace, where: string): Fault {
  return new Fault('CPC-NET-004', {
    what: `${place.address ?? '*'} is not an address of this machine`,
    where,
    why: `no interface has it`,
    todo: `ip address add ${place.address ?? 'ADDRESS'}/PREFIX dev ${place.interfaceName}`,
  })
}
