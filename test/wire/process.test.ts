// Why this file exists: wire as it runs, told by the feed as core tells it: the VO network that ends here is served, and
// what it saw there comes up the feed.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CoreEnd, type FeedMessage, feedVersion, type Sighting } from '#feed'
import { needs, needsRoot } from '../needs.ts'
import { type as t } from '../pxe/dhcp-lab.ts'
import { openRawClient } from './raw-client.ts'
import { eventually } from '../eventually.ts'
import { type End, ip, isThere, namespaceOf, raise, run } from './vo-end.ts'
import { entries, firstVni, nodeMac, site } from './vo-site.ts'

const possible = { timeout: 30_000, ...needsRoot(), ...needs('iproute2', ip) }
const appliance = `cvtw-${process.pid}`
const end: End = {
  vni: firstVni + 8,
  address: '10.133.0.1/20',
  node: `cvtn-${process.pid}`,
  mac: nodeMac,
}
const folder = mkdtempSync(join(tmpdir(), 'coppice-wire-'))
const data = join(folder, 'data')
let wire: ChildProcess | undefined

before(async () => {
  if (possible.skip !== undefined) return
  for (const name of [appliance, end.node]) run('netns', 'add', name)
  run('-n', appliance, 'link', 'add', 'prov0', 'type', 'veth', 'peer', 'name', 'far0')
  run('-n', appliance, 'address', 'add', '10.77.0.1/24', 'dev', 'prov0')
  for (const device of ['lo', 'prov0', 'far0']) run('-n', appliance, 'link', 'set', device, 'up')
  const config = join(folder, 'coppice.yaml')
  const directory = 'directory: { embedded: { base: "dc=cluster,dc=test" } }'
  writeFileSync(config, `version: 1\ndomain: cluster.test\ninterfaces: [prov0]\n${directory}\n`)
  mkdirSync(join(data, 'run'), { recursive: true })
  const program = join(import.meta.dirname, '../../src/wire.ts')
  const argv = [process.execPath, program, '--config', config, '--data', data]
  wire = spawn(ip, ['netns', 'exec', appliance, ...argv], { stdio: 'ignore' })
  await eventually('wire listens for core', () => existsSync(join(data, 'run/feed.sock')))
})

after(async () => {
  if (wire !== undefined && wire.exitCode === null) {
    const gone = new Promise((resolve) => wire?.once('exit', resolve))
    wire.kill('SIGTERM')
    await gone
  }
  rmSync(folder, { recursive: true })
  if (possible.skip !== undefined) return
  for (const name of [namespaceOf(end), end.node, appliance])
    if (isThere(name)) run('netns', 'delete', name)
})

test(
  'a VO network is served from the message on that names it, until the one that does not',
  possible,
  async (context) => {
    raise(end)
    const sightings: Sighting[] = []
    const opening: readonly FeedMessage[] = [
      { kind: 'hello', version: feedVersion, boot: { caFingerprint: '', caPem: '', enrolPort: 1 } },
      { kind: 'reset', domain: site.domain },
      {
        kind: 'delta',
        number: 1,
        serial: 1,
        deltas: entries.map((entry) => ({
          kind: 'put',
          entry:
            entry.kind === 'network' && entry.name === 'vo-physics'
              ? { ...entry, vni: end.vni }
              : entry,
        })),
      },
    ]
    using core = new CoreEnd({
      socketPath: join(data, 'run/feed.sock'),
      opening: () => opening,
      onSightings: (seen) =>
        Promise.resolve(void sightings.push(...seen.map(({ sighting }) => sighting))),
      onServing: () => undefined,
      onCounters: () => undefined,
      onTrouble: () => undefined,
      later: (_milliseconds, action) => setImmediate(action),
    })
    await eventually('core is connected', () => core.connected)
    core.send([{ kind: 'tenants', vnis: [end.vni] }])
    const client = await openRawClient(end.node)
    const startedMs = performance.now()
    const repeat = setInterval(() => client.send({ mac: nodeMac, xid: 1, type: t.discover }), 5)
    context.after(() => clearInterval(repeat))
    await client.answer(1)
    clearInterval(repeat)
    context.diagnostic(`first answer after ${Math.round(performance.now() - startedMs)} ms`)
    await client.close()
    await eventually('core is told', () => sightings.some(({ mac }) => mac === nodeMac))
    core.send([{ kind: 'tenants', vnis: [] }])
    run('netns', 'delete', namespaceOf(end))
    const links = (): string => run('-n', end.node, '-o', 'link', 'show')
    await eventually('the cable is gone with its namespace', () => !links().includes('eth0@'))
  },
)
