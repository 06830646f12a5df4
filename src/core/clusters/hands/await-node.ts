// Why this file exists: a node that was started is there when it answers on its own network and its name leads to it. It
// is asked from within that network, where the appliance is an end; nothing else could reach it.
import { Resolver } from 'node:dns/promises'
import { type DnsName, formatIp4, type Ip4 } from '#directory'
import { namespaceName } from '#vocluster'
import type { HandLimits } from './limits.ts'
import type { RunProgram } from './program.ts'
import { noAnswer, notResolved } from './trouble.ts'
import { untilTrue } from './waiting.ts'

export interface NodeAwaited {
  /** `compute3.hpl.physics` */
  readonly vcn: DnsName
  readonly address: Ip4
  readonly vni: number
  /** With the domain. */
  readonly fqdn: DnsName
}

/** Our own DNS. Rejects when there is no answer. */
export interface NameAsker {
  readonly server: Ip4
  addresses(name: string): Promise<readonly string[]>
  names(address: string): Promise<readonly string[]>
}

export interface Awaiting {
  readonly run: RunProgram
  /** Absent: names are somebody else's business. */
  readonly dns: NameAsker | undefined
  readonly limits: HandLimits
  readonly signal: AbortSignal
  readonly mark: (phase: 'name-resolved') => void
}

export async function awaitNode(node: NodeAwaited, by: Awaiting): Promise<void> {
  const { limits, signal } = by
  const { answerMs, pauseMs } = limits
  const pings = (): Promise<boolean> => answersPing(node, by)
  if (!(await untilTrue(pings, { forMs: answerMs, pauseMs, signal })))
    throw noAnswer(node, answerMs)
  if (by.dns !== undefined) await untilNamed(node, by.dns, by)
}

async function untilNamed(node: NodeAwaited, dns: NameAsker, by: Awaiting): Promise<void> {
  const { limits, signal, mark } = by
  const { resolveMs: forMs, pauseMs } = limits
  let why = 'it was not asked'
  const resolves = async (): Promise<boolean> => {
    const missing = await missingName(node, dns)
    why = missing ?? why
    return missing === undefined
  }
  if (!(await untilTrue(resolves, { forMs, pauseMs, signal })))
    throw notResolved(node, dns.server, why)
  mark('name-resolved')
}

async function answersPing({ vni, address }: NodeAwaited, { run, signal }: Awaiting) {
  const ping = ['ping', '-n', '-c', '1', '-W', '1', formatIp4(address)] as const
  const { ok } = await run(['ip', 'netns', 'exec', namespaceName(vni), ...ping], signal)
  return ok
}

/** What does not lead where it should; `undefined` when all does. */
async function missingName(
  { fqdn, address }: NodeAwaited,
  dns: NameAsker,
): Promise<string | undefined> {
  const text = formatIp4(address)
  try {
    const addresses = await dns.addresses(fqdn)
    if (!addresses.includes(text)) return `${fqdn} is ${addresses.join(', ')}`
    const names = await dns.names(text)
    return names.includes(fqdn) ? undefined : `${text} is ${names.join(', ')}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const dnsPort = 53
const dnsTimeoutMs = 2_000

export function askDns(server: Ip4, port = dnsPort): NameAsker {
  const ask = (): Resolver => {
    const resolver = new Resolver({ timeout: dnsTimeoutMs, tries: 1 })
    resolver.setServers([`${formatIp4(server)}:${port}`])
    return resolver
  }
  return {
    server,
    addresses: (name) => ask().resolve4(name),
    names: (address) => ask().reverse(address),
  }
}
