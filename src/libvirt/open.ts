// Why this file exists: between a socket and a usable hypervisor lie three questions that must be asked in this order:
// how to log in, whether the daemon answers keepalive, and which driver is wanted.
import type { Duplex } from 'node:stream'
import { LibvirtConnection } from './connection/connection.ts'
import { keepaliveDefaults, type KeepaliveSettings } from './connection/keepalive.ts'
import { type LifecycleEvent, lifecycleEvent, LifecycleWatch } from './connection/lifecycle.ts'
import { systemTimers, type Timers } from './connection/timers.ts'
import { loginWanted, type Peer } from './faults.ts'
import { connectProcedures } from './procedure/connect.table.ts'

export interface OpenSettings {
  readonly peer: Peer
  readonly uri?: string
  readonly timers?: Timers
  readonly keepalive?: KeepaliveSettings
}

/** REMOTE_AUTH_NONE: the certificate was enough. */
const loginNone = 0
/** VIR_DRV_FEATURE_PROGRAM_KEEPALIVE; asking for it also makes the daemon ask us. */
const featureKeepalive = 10

/** Takes the socket over; it is closed when this fails. */
export async function openHypervisor(
  socket: Duplex,
  settings: OpenSettings,
): Promise<LibvirtConnection> {
  const { peer, uri = 'qemu:///system', timers = systemTimers } = settings
  const connection = new LibvirtConnection(socket, peer, timers)
  try {
    const logins = await connection.call(connectProcedures.authList, {})
    if (!logins.includes(loginNone))
      throw loginWanted(peer, `it offers the logins ${logins.join(', ')} only`)
    const asked = { feature: featureKeepalive }
    const hasKeepalive = await connection.call(connectProcedures.connectSupportsFeature, asked)
    if (hasKeepalive) connection.startKeepalive(settings.keepalive ?? keepaliveDefaults)
    await connection.call(connectProcedures.connectOpen, { uri })
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

export interface LifecycleSubscription {
  /** For one reader. Ends with the reason when the connection does. */
  readonly events: AsyncIterable<LifecycleEvent>
  /** The reader gets what is waiting, then the end. */
  stop(): Promise<void>
}

/** From now on, what happens to any domain of the host. One such watch for a connection. */
export async function watchLifecycle(
  connection: LibvirtConnection,
): Promise<LifecycleSubscription> {
  const watch = new LifecycleWatch()
  connection.deliverLifecycle(watch) // before the answer: the first event may overtake it
  const callback = await connection.call(connectProcedures.connectDomainEventCallbackRegisterAny, {
    event: lifecycleEvent.id,
  })
  const stop = async (): Promise<void> => {
    connection.deliverLifecycle(undefined)
    await connection.call(connectProcedures.connectDomainEventCallbackDeregisterAny, { callback })
  }
  return { events: watch, stop }
}
