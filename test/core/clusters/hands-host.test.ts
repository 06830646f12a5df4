// Why this file exists: the engine takes the hands' word for what is on a host and relies on it that a step may come twice.
// Both are tried here on a real libvirt, whose host is a namespace.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Ip4, parseSubnet } from '#directory'
import {
  dialUnix,
  type LibvirtConnection,
  openHypervisor,
  procedures,
  watchLifecycle,
} from '#libvirt'
import { overlayName, type VcnDefinition } from '#vocluster'
import type { HostCalls } from '../../../src/core/clusters/hands/counted.ts'
import type { Hands } from '../../../src/core/clusters/hands/open.ts'
import { PausedNodes } from '../../../src/core/clusters/paused-nodes.ts'
import { ip } from '../../directory/samples.ts'
import { eventually } from '../../eventually.ts'
import { type RealDaemon, startRealDaemon } from '../../libvirt/real-daemon.ts'
import { needs, needsRoot } from '../../needs.ts'
import { definition } from '../../vocluster/samples.ts'
import {
  facts,
  handsOf,
  hostName,
  lifeOf,
  performTwice,
  stepPlace,
  vcnName,
  vni,
} from './hands-bench.ts'

const real = {
  ...needsRoot(),
  ...needs('libvirt-daemon', '/usr/sbin/libvirtd', '/usr/sbin/ip', '/usr/bin/openssl'),
  ...needs('qemu-system-x86', '/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-img'),
}
const subnet = parseSubnet('10.128.0.0/20') ?? assert.fail()
const key = 'from="10.128.0.0/20",restrict ssh-ed25519 AAAA coppice-mpi'

interface Rack {
  readonly daemon: RealDaemon
  readonly connection: LibvirtConnection
  readonly hands: Hands
}

let rack: Rack | undefined

function there(): Rack {
  return rack ?? assert.fail('no host')
}

/** The folders of a host, below one that goes with the test; and there is no KVM on most machines that run tests. */
function emulated(text: string): string {
  return text
    .replaceAll('/var/lib/coppice', join(there().daemon.folder, 'coppice'))
    .replace('type="kvm"', 'type="qemu"')
    .replace('<cpu mode="host-passthrough"/>', '')
}

function withoutKvm(connection: LibvirtConnection): HostCalls {
  return {
    call(procedure, asked, deadlineMs) {
      const hasXml = typeof asked === 'object' && asked !== null && 'xml' in asked
      const { xml } = hasXml ? asked : { xml: undefined }
      const sent = typeof xml === 'string' ? { ...asked, xml: emulated(xml) } : asked
      return connection.call(procedure, sent, deadlineMs)
    },
  }
}

function node(sample: Partial<VcnDefinition> = {}): VcnDefinition {
  const whole = definition()
  return { ...whole, nics: whole.nics.map((nic) => ({ ...nic, vni })), ...sample }
}

before(async () => {
  if (real.skip !== undefined) return
  const daemon = await startRealDaemon()
  const connection = await openHypervisor(await dialUnix(daemon.socketPath), {
    peer: { name: 'n1' },
  })
  const inside = /^\/proc\/(\d+)\//.exec(daemon.socketPath)?.[1] ?? assert.fail()
  const over = Promise.resolve('')
  const calls = withoutKvm(connection)
  const hands = handsOf({
    hosts: {
      life: () => lifeOf('ready'),
      session: () => ({ facts, over, close: () => undefined }),
      observe: () => undefined,
    },
    reach: {
      connectionOf: () => calls,
      sshWords: (_target, command) => ['/usr/bin/nsenter', '-t', inside, '--net', ...command],
    },
    authorizedKeyOf: () => Promise.resolve(key),
  })
  rack = { daemon, connection, hands }
  mkdirSync(join(daemon.folder, 'coppice/images'), { recursive: true })
  const base = join(daemon.folder, 'coppice/images/base.qcow2')
  execFileSync('/usr/bin/qemu-img', ['create', '-q', '-f', 'qcow2', base, '8M'])
})

after(async () => {
  rack?.connection.close()
  await rack?.daemon[Symbol.asyncDispose]()
})

/** Of the host; the appliance's own ends may be those of other tests. */
async function seen() {
  const { observed, hosts } = await there().hands.observe()
  return { ...observed, hosts, tunnels: observed.tunnels.filter(({ host }) => host !== undefined) }
}

async function observesWithoutWriting() {
  const before = there().hands.writes()
  const found = await seen()
  assert.deepEqual(there().hands.writes(), before, 'an observation wrote something')
  return found
}

function inOrder(addresses: readonly Ip4[]): readonly Ip4[] {
  return addresses.toSorted((one, other) => one - other)
}

const start = { kind: 'start', host: hostName, vcn: node().mark.vcn, uuid: node().uuid } as const

// One after the other: each goes on from what the one before has left.
test('hands on a host', real, async (t) => {
  await t.test(
    'each step on a host may come twice, and what is observed in between writes nothing',
    async () => {
      const { hands } = there()
      const bare = await observesWithoutWriting()
      assert.deepEqual(bare, {
        domains: [],
        overlays: [],
        prepared: [],
        tunnels: [],
        hosts: [
          {
            name: hostName,
            tunnel: ip('198.19.0.2'),
            vcpus: 8,
            memoryBytes: 768 * 1024 ** 2,
            tags: ['fast'],
            cordoned: false,
            presence: 'ready',
          },
        ],
      })
      const end = { vni, local: ip('198.19.0.2'), peers: [ip('198.19.0.3'), ip('198.19.0.1')] }
      await performTwice(hands, { kind: 'prepare-host', host: hostName }, seen)
      await performTwice(hands, { kind: 'join-network', host: hostName, end, subnet }, seen)
      const made = { host: hostName, definition: node() }
      await performTwice(hands, { kind: 'create-overlay', ...made }, seen)
      await performTwice(hands, { kind: 'define', ...made }, seen)
      const off = await observesWithoutWriting()
      assert.deepEqual(off.prepared, [hostName])
      assert.deepEqual(off.overlays, [{ host: hostName, name: overlayName(vcnName) }])
      const [tunnel] = off.tunnels
      assert.deepEqual(
        { ...tunnel, peers: inOrder(tunnel?.peers ?? []) },
        { host: hostName, ...end, peers: inOrder(end.peers) },
      )
      assert.equal(off.domains[0]?.state, 'off')
      await performTwice(hands, start, seen)
      const [running] = (await observesWithoutWriting()).domains
      assert.equal(running?.state, 'running')
      assert.deepEqual(running.mark, node().mark)
      assert.equal(running.nics[0]?.address, node().nics[0]?.address)
    },
  )

  await t.test(
    'a node that somebody has paused is seen so, and goes on when it is told to',
    async () => {
      const { hands, connection } = there()
      const resume = { ...start, kind: 'resume' } as const
      const domain = await connection.call(procedures.domainLookupByUuid, { uuid: node().uuid })
      const nodes = new PausedNodes({
        tell: () => undefined,
        onBug: (error) => assert.fail(String(error)),
      })
      const watch = await watchLifecycle(connection)
      const following = nodes.follow('m1', {
        calls: connection,
        watch: () => Promise.resolve(watch),
      })
      await connection.call(procedures.domainSuspend, { domain })
      const isTold = (): boolean => nodes.why('m1', vcnName) === 'somebody has paused it'
      await eventually('the host tells that it is paused', isTold)
      const [paused] = (await observesWithoutWriting()).domains
      assert.deepEqual(
        [paused?.state, paused?.pause],
        ['paused', { why: 'somebody has paused it', isWanted: true }],
      )
      await performTwice(hands, resume, seen)
      const [running] = (await observesWithoutWriting()).domains
      assert.deepEqual([running?.state, running?.pause], ['running', undefined])
      await eventually('the host tells that it goes on', () => !isTold())
      await watch.stop()
      await following
    },
  )

  await t.test('a disk in use is never made anew under a node that runs', async () => {
    const { hands } = there()
    const before = hands.writes()
    await hands.perform({ kind: 'create-overlay', host: hostName, definition: node() }, stepPlace())
    assert.deepEqual(hands.writes(), before)
    assert.equal((await seen()).domains[0]?.state, 'running')
  })

  await t.test("the definition carries the key of the cluster's root", async () => {
    const { connection } = there()
    const domain = await connection.call(procedures.domainLookupByUuid, { uuid: node().uuid })
    const text = await connection.call(procedures.domainGetXmlDesc, { domain })
    assert.ok(text.includes(Buffer.from(`${key}\n`).toString('base64')))
  })

  await t.test('a domain without our mark is not seen, and nothing of it is changed', async () => {
    const { connection } = there()
    const xml =
      '<domain type="qemu"><name>x</name><memory>1024</memory><os><type>hvm</type></os></domain>'
    const domain = await connection.call(procedures.domainDefineXmlFlags, { xml })
    assert.deepEqual(
      (await seen()).domains.map(({ name }) => name),
      [vcnName],
    )
    await connection.call(procedures.domainUndefineFlags, { domain })
  })

  await t.test(
    'a half-made bridge counts as an end that is not whole, and goes with it',
    async () => {
      const { hands } = there()
      const half = { kind: 'leave-network', host: hostName, vni: vni + 1 } as const
      const inside = /^\/proc\/(\d+)\//.exec(there().daemon.socketPath)?.[1] ?? assert.fail()
      const words = ['-t', inside, '--net', 'ip', 'link', 'add', `cbr${vni + 1}`, 'type', 'bridge']
      execFileSync('/usr/bin/nsenter', words)
      const ends = (await seen()).tunnels
      assert.deepEqual(
        ends.find((one) => one.vni === vni + 1),
        {
          host: hostName,
          vni: vni + 1,
          local: undefined,
          peers: [],
        },
      )
      await hands.perform(half, stepPlace())
      assert.equal((await seen()).tunnels.length, 1)
    },
  )

  await t.test(
    'what a step made is taken away by its counterpart, twice, until nothing is left',
    async () => {
      const { hands } = there()
      const which = { host: hostName, vcn: start.vcn, uuid: start.uuid }
      const peers = [ip('198.19.0.3')]
      await performTwice(hands, { kind: 'destroy', ...which }, seen)
      await performTwice(hands, { kind: 'forget-peers', host: hostName, vni, peers }, seen)
      assert.deepEqual((await seen()).tunnels[0]?.peers, [ip('198.19.0.1')])
      const name = overlayName(vcnName)
      await performTwice(hands, { kind: 'remove-overlay', host: hostName, name }, seen)
      await performTwice(hands, { kind: 'undefine', ...which }, seen)
      await performTwice(hands, { kind: 'leave-network', host: hostName, vni }, seen)
      const left = await observesWithoutWriting()
      assert.deepEqual([left.domains, left.overlays, left.tunnels], [[], [], []])
    },
  )

  await t.test(
    'a disk that a step which was cut off left behind is made anew, and found for removal',
    async () => {
      const { hands, daemon } = there()
      const path = join(daemon.folder, 'coppice/vcn', overlayName(vcnName))
      writeFileSync(path, 'half a disk')
      assert.equal((await seen()).overlays.length, 1)
      await hands.perform(
        { kind: 'create-overlay', host: hostName, definition: node() },
        stepPlace(),
      )
      const info = execFileSync('/usr/bin/qemu-img', ['info', '--output=json', path], {
        encoding: 'utf8',
      })
      assert.match(info, /"format": "qcow2"/)
      writeFileSync(join(daemon.folder, 'coppice/vcn/stray.qcow2'), '')
      const action = { kind: 'remove-overlay', host: hostName, name: 'stray.qcow2' } as const
      await hands.perform(action, stepPlace())
      assert.equal(existsSync(join(daemon.folder, 'coppice/vcn/stray.qcow2')), false)
    },
  )

  await t.test("libvirt's refusal comes through with its own words", async () => {
    const { hands } = there()
    const missing = { ...start, uuid: definition({}).uuid }
    await assert.rejects(hands.perform(missing, stepPlace()), { code: 'CPC-LV-008' })
  })
})
