// Why this file exists: a loader waits some thirteen seconds for an IPv6 router. Where there is none, we say so at once.
import { Worker } from 'node:worker_threads'
import { Fault } from '#fault'
import type { AdvertiserEvent, AdvertiserOrder } from './advertiser-worker.ts'
import { interfaceAddresses, interfaceIndex } from './interfaces.ts'

export type { AdvertiserEvent } from './advertiser-worker.ts'

export interface RouterAdvertiser {
  /** CPC-NET-005: until the interface has a link-local address, nobody is answered. */
  readonly warning?: Fault
  close(): Promise<void>
}

/**
 * Answers router solicitations on one interface, in a thread of its own: Node waits for raw sockets in no other way.
 * Throws the Faults CPC-NET-003 and 007; what goes wrong later comes as an event.
 */
export async function openRouterAdvertiser(
  interfaceName: string,
  onEvent: (event: AdvertiserEvent) => void,
): Promise<RouterAdvertiser> {
  const index = interfaceIndex(interfaceName)
  const addresses = interfaceAddresses(interfaceName)
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const order: AdvertiserOrder = { interfaceName, index, mac: addresses?.mac, stop }
  const worker = new Worker(new URL('./advertiser-worker.ts', import.meta.url), {
    workerData: order,
  })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    const stopped = (why: string) => {
      onEvent({ kind: 'stopped', why })
      reject(didNotStart(interfaceName, why)) // after the start this is heard by nobody, the event is
    }
    worker.on('error', (cause) => stopped(cause instanceof Error ? cause.message : String(cause)))
    worker.on('message', (event: AdvertiserEvent) => {
      if (event.kind === 'stopped') return stopped(event.why)
      if (event.kind === 'listening') resolve()
      onEvent(event)
    })
  })
  return {
    ...(addresses?.linkLocal === undefined ? { warning: noLinkLocal(interfaceName) } : {}),
    async close() {
      Atomics.store(stop, 0, 1)
      await ended
    },
  }
}

function noLinkLocal(interfaceName: string): Fault {
  return new Fault('CPC-NET-005', {
    what: `${interfaceName} has no IPv6 link-local address`,
    where: `router advertisements on ${interfaceName}`,
    why: 'IPv6 is off on it, or its cable leads nowhere yet',
    todo: `sysctl -w net.ipv6.conf.${interfaceName}.disable_ipv6=0 and ip link set ${interfaceName} up; without it machines boot, some 13 s later`,
  })
}

function didNotStart(interfaceName: string, why: string): Fault {
  return new Fault('CPC-NET-007', {
    what: 'router solicitations are not answered',
    where: `router advertisements on ${interfaceName}`,
    why,
    todo: 'start as root, or with the capability CAP_NET_RAW; without it machines boot, some 13 s later',
  })
}
