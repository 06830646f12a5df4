// Why this file exists: a first refresh in a fresh process, from the first byte to the directory until every entry is typed,
// judged and in a snapshot; then another in the same process, whose code is compiled by then. It prints the milliseconds of each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DnsName, emptySnapshot, parseDnsName, startAssembly, StepInParts } from '#directory'
import { connectorOf, DirectorySync, type PartChange, systemClock } from '#ldap-sync'

const order: unknown = JSON.parse(process.argv[2] ?? '')
const { url, bindDn, secretFile, base, domain: domainText } = textsOf(order)
const domain = parseDnsName(domainText)
if (domain === undefined) throw new Error(`${domainText} is no domain`)

function textsOf(value: unknown) {
  const of = (name: string): string => {
    const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
    if (typeof found === 'string') return found
    throw new Error(`the order names no ${name}`)
  }
  const [theUrl, bindDnText, file] = [of('url'), of('bindDn'), of('secretFile')]
  return {
    url: theUrl,
    bindDn: bindDnText,
    secretFile: file,
    base: of('base'),
    domain: of('domain'),
  }
}

const empty = emptySnapshot(domain)
const partsMin = 1_000

async function refresh(domainName: DnsName): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'cpcb-refresh-'))
  const coming = new StepInParts(startAssembly(), empty, partsMin)
  const take = (batch: readonly PartChange[]): void => coming.take(batch.map(asChange))
  const live = Promise.withResolvers<number>()
  let served = 0
  const sync = new DirectorySync(
    { url, bindDn, secretFile, base, domain: domainName, copyFile: join(folder, 'copy') },
    { clock: systemClock, connect: connectorOf(systemClock), random: Math.random },
    {
      part: take,
      brokenOff: () => live.reject(new Error('the refresh was broken off')),
      changes(batch) {
        take(batch)
        served = coming.done().snapshot.entries.size
      },
      state({ kind, fault }) {
        if (fault) live.reject(fault)
        if (kind === 'live') live.resolve(performance.now())
      },
    },
  )
  const from = performance.now()
  await sync.start()
  const to = await live.promise
  if (served === 0) throw new Error('a refresh brought nothing')
  await sync.close()
  rmSync(folder, { recursive: true, force: true })
  return to - from
}

function asChange(change: PartChange) {
  return change.kind === 'put' ? ({ kind: 'entry', entry: change.entry } as const) : change
}

const cold = await refresh(domain)
const warm = await refresh(domain)
process.stdout.write(`${cold} ${warm}\n`, () => process.exit(0))
