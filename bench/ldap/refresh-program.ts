// Why this file exists: one first refresh in a fresh process, from the first byte to the directory until every entry is
// typed, judged and in a snapshot. It prints the milliseconds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyDeltas, emptySnapshot, parseDnsName, startAssembly, stepAll } from '#directory'
import { connectorOf, type DirectoryChange, DirectorySync, systemClock } from '#ldap-sync'

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

const folder = mkdtempSync(join(tmpdir(), 'cpcb-refresh-'))
const empty = emptySnapshot(domain)
let assembly = startAssembly()
let served = 0

function take(batch: readonly DirectoryChange[]): void {
  const changes = batch.map((change) => {
    return change.kind === 'put' ? ({ kind: 'entry', entry: change.entry } as const) : change
  })
  const step = stepAll(assembly, changes)
  assembly = step.assembly
  served += applyDeltas(empty, step.deltas).entries.size
}

let from = 0
const sync = new DirectorySync(
  { url, bindDn, secretFile, base, domain, copyFile: join(folder, 'copy') },
  { clock: systemClock, connect: connectorOf(systemClock), random: Math.random },
  {
    changes: take,
    state({ kind, fault }) {
      if (fault) throw fault
      if (kind !== 'live') return
      const millis = performance.now() - from
      rmSync(folder, { recursive: true, force: true })
      if (served === 0) throw new Error('a refresh brought nothing')
      process.stdout.write(`${millis}\n`, () => process.exit(0))
    },
  },
)
from = performance.now()
await sync.start()
