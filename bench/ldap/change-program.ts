// Why this file exists: one process in the client's network that changes an entry, and from the moment the directory has
// answered asks DNS and DHCP, again at once, until they are right. Beside them a plain consumer, which shows how soon
// anybody could have known.
import { readFileSync } from 'node:fs'
import { connectorOf, LdapClient, ldapFilter, parseLdapUrl, systemClock } from '#ldap-sync'
import { DhcpAsker } from './ask-dhcp.ts'
import { DnsAsker } from './ask-dns.ts'
import { isChangeOrder, type ChangeResult } from './change-order.ts'
import { machineDn, moveAddress, timedMachines, timedTag } from './tree.ts'

const rightMillisMax = 10_000
/** RFC 4533 §2.2: SEQUENCE { ENUMERATED refreshAndPersist }. */
const persist = {
  oid: '1.3.6.1.4.1.4203.1.9.1.1',
  critical: true,
  value: Uint8Array.of(0x30, 3, 0x0a, 1, 3),
}

const order: unknown = JSON.parse(process.argv[2] ?? '')
if (!isChangeOrder(order)) throw new Error('an order of another form')
const { url, bindDn, secretFile, base, domain, server, relay, size, timedCount, changes } = order

async function signedIn(): Promise<LdapClient> {
  const client = new LdapClient(await connectorOf(systemClock)(parseLdapUrl(url)), systemClock)
  await client.bind(bindDn, readFileSync(secretFile, 'utf8'))
  return client
}

/** When each new address was first heard of by a plain consumer. */
async function plainConsumer(): Promise<(address: string) => Promise<number>> {
  const heard = new Map<string, number>()
  const waiting = new Map<string, (at: number) => void>()
  const client = await signedIn()
  const filter = ldapFilter`(coppiceTag=${timedTag})`
  client.follow({ base, filter, attributes: ['ipHostNumber'] }, [persist], {
    take: (operation) => {
      if (operation.kind !== 'searchEntry') return
      const [value] = operation.attributes[0]?.values ?? []
      const address = Buffer.from(value ?? []).toString()
      heard.set(address, performance.now())
      waiting.get(address)?.(performance.now())
    },
  })
  return (address) => {
    const at = heard.get(address)
    if (at !== undefined) return Promise.resolve(at)
    return new Promise((resolve) => waiting.set(address, resolve))
  }
}

/** Milliseconds from then until the answer is the one that is wanted. */
async function untilRight(from: number, wanted: string, ask: () => Promise<string | undefined>) {
  for (let asked = 1; ; asked += 1) {
    const answer = await ask()
    const millis = performance.now() - from
    if (answer === wanted) return millis
    if (millis > rightMillisMax)
      throw new Error(`asked ${asked} times for ${wanted}, answered ${answer} at last`)
  }
}

const admin = await signedIn()
const whenHeard = await plainConsumer()
using dns = await DnsAsker.open(server)
using dhcp = await DhcpAsker.open(server, relay)
const machines = timedMachines(size, timedCount)
const result: ChangeResult = { dns: [], dhcp: [], event: [] }

/** The first changes meet code that never ran; they are made, but not counted. */
const warmUp = 20
for (let round = 0; round < changes + warmUp; round += 1) {
  const machine = machines[round % machines.length]
  if (machine === undefined) throw new Error('there is no machine to change')
  const address = moveAddress(round)
  const values = [Buffer.from(address)]
  const change = { kind: 'replace', attribute: { name: 'ipHostNumber', values } } as const
  await admin.modify(machineDn(machine.name, base), [change])
  const from = performance.now()
  const [dnsMs, dhcpMs, eventAt] = await Promise.all([
    untilRight(from, address, () => dns.ask(`${machine.name}.${domain}`)),
    untilRight(from, address, () => dhcp.ask(machine.mac)),
    whenHeard(address),
  ])
  if (round < warmUp) continue
  result.dns.push(dnsMs)
  result.dhcp.push(dhcpMs)
  result.event.push(eventAt - from)
}
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
