// Why this file exists: a case is a promise of an RFC as a sentence, and a way to see whether it is kept. It knows
// nothing of who is asked.
import type { DhcpClient } from './dhcp-client.ts'
import type { DnsClient } from './dns-client.ts'
import type { TftpClient } from './tftp-client.ts'

export interface Clients {
  readonly dhcp: DhcpClient
  readonly tftp: TftpClient
  readonly dns: DnsClient
}

export type Protocol = keyof Clients

export interface Case<P extends Protocol = Protocol> {
  readonly protocol: P
  /** Begins with its RFC and section; stands once in the whole battery. */
  readonly says: string
  /** A subject that does not claim all of these is not asked. The sentence's own RFC goes without saying. */
  readonly alsoNeeds: readonly number[]
  readonly check: (client: Clients[P]) => Promise<void>
}

/** `RFC 2131 §4.1: …` */
export function rfcOf({ says }: Pick<Case, 'says'>): number {
  const number = /^RFC (\d+)\b.*: /.exec(says)?.[1]
  if (number === undefined) throw new Error(`a case without its RFC: ${says}`)
  return Number(number)
}

type Row<P extends Protocol> = readonly [says: string, check: (client: Clients[P]) => Promise<void>]

/** One section's cases. */
export function section<P extends Protocol>(
  protocol: P,
  heading: string,
  rows: readonly Row<P>[],
  alsoNeeds: readonly number[] = [],
): readonly Case<P>[] {
  return rows.map(([says, check]) => ({ protocol, says: `${heading}: ${says}`, alsoNeeds, check }))
}

export type Claims = Readonly<Partial<Record<Protocol, readonly number[]>>>

/** Whether who claims these RFCs is asked. */
export function isFor(one: Pick<Case, 'says' | 'protocol' | 'alsoNeeds'>, claims: Claims): boolean {
  const claimed: readonly number[] = claims[one.protocol] ?? []
  return [rfcOf(one), ...one.alsoNeeds].every((rfc) => claimed.includes(rfc))
}
