// Why this file exists: by the time a message is answered, its place and its sender are known; this is what all
// four kinds of answer share.
import type { Network } from '#directory'
import type { Asking } from './address.ts'
import type { Link } from './link.ts'
import { optionCode } from './option-code.table.ts'
import { u32Option } from './option-value.ts'
import type { Exchange } from './reply.ts'

export interface Question extends Exchange {
  readonly link: Link
  readonly asking: Asking
}

/** Whose a lease is and by which way it came, as the book keeps it. */
export function holderOf({ client, asking, link }: Question) {
  return {
    mac: asking.mac,
    port: link.port,
    ...(client.clientId !== undefined && { clientId: client.clientId }),
  }
}

/** What the network grants, or less when the client asks for less. */
export function leaseSecondsFor({ message, world }: Exchange, network: Network): number {
  const asked = u32Option(message.options, optionCode.leaseSeconds) ?? network.leaseSeconds
  const { leaseSecondsMin } = world.settings.limits
  return Math.min(network.leaseSeconds, Math.max(leaseSecondsMin, asked))
}
