// Why this file exists: a VO's network as the appliance finds it: a namespace with one device in it, and a node at the
// other end of the cable, in a namespace of its own. A veth pair plays the tunnel.
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { Snapshot } from '#directory'
import type { Sighting } from '#feed'
import { createLeaseBook, type LeaseBook } from '#pxe'
import { LastSeen } from '../../src/wire/explain/last-seen.ts'
import { systemClock } from '../../src/wire/clock.ts'
import type { TenantContext } from '../../src/wire/tenant-end.ts'
import { Tenants } from '../../src/wire/tenants.ts'
import { type FakeJournal, fakeJournal } from '../pxe/fake-journal.ts'
import { site } from './vo-site.ts'

export const ip = '/usr/sbin/ip'
const exec = promisify(execFile)

export interface End {
  readonly vni: number
  /** Ours, with its prefix. */
  readonly address: string
  /** The namespace of the node. */
  readonly node: string
  readonly mac: string
}

export const eth = 'eth0'

export function run(...argv: readonly string[]): string {
  return execFileSync(ip, [...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

export async function inNamespace(name: string, ...argv: readonly string[]): Promise<string> {
  const { stdout } = await exec(ip, ['netns', 'exec', name, ...argv], { timeout: 10_000 })
  return stdout
}

export const namespaceOf = ({ vni }: End): string => `cvo${vni}`
export const deviceOf = ({ vni }: End): string => `cvx${vni}`

/** The appliance's side, cabled to the node; made anew when it was deleted. */
export function raise(end: End): void {
  const namespace = namespaceOf(end)
  run('netns', 'add', namespace)
  run('-n', namespace, 'link', 'set', 'lo', 'up')
  connectNode(end)
}

export function connectNode(end: End): void {
  const [namespace, device] = [namespaceOf(end), deviceOf(end)]
  const far = ['peer', 'name', eth, 'netns', end.node, 'address', end.mac]
  run('link', 'add', device, 'netns', namespace, 'type', 'veth', ...far)
  run('-n', namespace, 'address', 'add', end.address, 'dev', device)
  run('-n', namespace, 'link', 'set', device, 'mtu', '1450', 'up')
  run('-n', end.node, 'link', 'set', eth, 'up')
}

export function isThere(namespace: string): boolean {
  return run('netns', 'list').split(/\s/).includes(namespace)
}

export interface Running {
  readonly tenants: Tenants
  readonly sightings: Sighting[]
  readonly lines: string[]
  readonly counts: ReadonlyMap<string, number>
  readonly book: LeaseBook
  readonly journal: FakeJournal
  snapshot: Snapshot
}

export function startTenants(): Running {
  const [sightings, lines]: [Sighting[], string[]] = [[], []]
  const counts = new Map<string, number>()
  const book = createLeaseBook()
  const journal = fakeJournal()
  const boot = { caFingerprint: '', caPem: '', enrolPort: 8443 }
  const context: TenantContext = {
    clock: systemClock(),
    picture: () => ({ snapshot: running.snapshot, boot, serial: 1, nextBoot: () => 'by-role' }),
    book,
    journal,
    report(sighting) {
      sightings.push(sighting)
      return Promise.resolve(true)
    },
    lastSeen: new LastSeen(),
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    log: (line) => void lines.push(line),
  }
  const tenants = new Tenants(context, { sweepsLeases: true })
  const running: Running = { tenants, sightings, lines, counts, book, journal, snapshot: site }
  return running
}
