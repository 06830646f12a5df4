// Why this file exists: the appliance's end of a VO's network is made in a kernel that may have been left in any state, and
// a node is asked through it. The appliance is a namespace here.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { after, before, beforeEach, test } from 'node:test'
import { parseSubnet } from '#directory'
import { namespaceName } from '#vocluster'
import { askDns, type NameAsker } from '../../../src/core/clusters/hands/await-node.ts'
import type { Hands, HandsParts } from '../../../src/core/clusters/hands/open.ts'
import { programs, type RunProgram } from '../../../src/core/clusters/hands/program.ts'
import { ip } from '../../directory/samples.ts'
import { startDns } from '../../dns/server-lab.ts'
import { needs, needsRoot } from '../../needs.ts'
import { handsOf, performTwice, stepPlace, vcnName, vni } from './hands-bench.ts'

const real = {
  ...needsRoot(),
  ...needs('iproute2', '/usr/sbin/ip', '/usr/sbin/bridge'),
  ...needs('iputils-ping', '/usr/bin/ping'),
}
const subnet = parseSubnet('10.128.0.0/20') ?? assert.fail()
const appliance = `cvh${process.pid}`
const end = { vni, local: ip('198.19.0.1'), peers: [ip('198.19.0.2')] }
const join = { kind: 'join-network', end, subnet } as const
const told: string[] = []
const address = ip('10.128.0.3')

/** Only the network changes: "ip netns exec" would hide namespaces made within. */
const inAppliance: RunProgram = (argv, signal) => {
  const enter = ['/usr/bin/nsenter', `--net=/run/netns/${appliance}`] as const
  return programs(10_000)([...enter, ...argv], signal)
}

function hands(parts: Partial<HandsParts> = {}): Hands {
  const tenants = {
    put: (one: number) => void told.push(`put ${one}`),
    remove: (one: number) => void told.push(`remove ${one}`),
  }
  return handsOf({ run: inAppliance, tenants, ...parts })
}

function ipWords(...words: readonly string[]): void {
  execFileSync('/usr/sbin/ip', words, { stdio: 'pipe' })
}

before(() => {
  if (real.skip === undefined) ipWords('netns', 'add', appliance)
})

after(() => {
  if (real.skip !== undefined) return
  for (const name of [appliance, namespaceName(vni)])
    spawnSync('/usr/sbin/ip', ['netns', 'delete', name])
})

beforeEach(() => {
  if (real.skip === undefined) spawnSync('/usr/sbin/ip', ['netns', 'delete', namespaceName(vni)])
})

async function ends() {
  const { observed } = await hands().observe()
  const own = observed.tunnels.filter((one) => one.vni === vni && one.host === undefined)
  return own.map((one) => ({ ...one, peers: one.peers.toSorted((a, b) => a - b) }))
}

test(
  'our end is joined and left, each twice, and wire is told before it goes and after it came',
  real,
  async () => {
    told.length = 0
    await performTwice(hands(), join, ends)
    assert.deepEqual(await ends(), [end])
    await performTwice(hands(), { kind: 'forget-peers', vni, peers: end.peers }, ends)
    assert.deepEqual((await ends())[0]?.peers, [])
    await performTwice(hands(), { kind: 'leave-network', vni }, ends)
    assert.deepEqual(await ends(), [])
    assert.deepEqual(told, [`put ${vni}`, `put ${vni}`, `remove ${vni}`, `remove ${vni}`])
  },
)

test(
  'the file of a namespace whose mount has gone is no namespace: it is made anew',
  real,
  async () => {
    const file = `/run/netns/${namespaceName(vni)}`
    writeFileSync(file, '', { mode: 0 })
    assert.deepEqual(await ends(), [{ vni, local: undefined, peers: [] }])
    await hands().perform(join, stepPlace())
    assert.deepEqual(await ends(), [end])
    await hands().perform({ kind: 'leave-network', vni }, stepPlace())
    assert.equal(existsSync(file), false)
    writeFileSync(file, '', { mode: 0 })
    await hands().perform({ kind: 'leave-network', vni }, stepPlace())
    assert.equal(existsSync(file), false)
  },
)

test(
  'an end that was made half is made whole, and one of another address is made anew',
  real,
  async () => {
    ipWords('netns', 'add', namespaceName(vni))
    await hands().perform(join, stepPlace())
    const moved = { ...end, local: ip('198.19.0.9') }
    await hands().perform({ ...join, end: moved }, stepPlace())
    assert.deepEqual(await ends(), [moved])
  },
)

test(
  'an end may come back as soon as it has gone, though the kernel is still busy with the old one',
  real,
  async () => {
    for (let again = 0; again < 3; again += 1) {
      await hands().perform(join, stepPlace())
      await hands().perform({ kind: 'leave-network', vni }, stepPlace())
    }
    await hands().perform(join, stepPlace())
    // Somebody else's hand: the tunnel goes only with its namespace.
    ipWords('netns', 'delete', namespaceName(vni))
    await hands().perform(join, stepPlace())
    assert.deepEqual(await ends(), [end])
  },
)

test(
  "two who make the same end at once do not take each other's half for broken",
  real,
  async () => {
    const both = hands()
    await Promise.all([join, join, join].map((action) => both.perform(action, stepPlace())))
    assert.deepEqual(await ends(), [end])
  },
)

/** Stands for our own DNS. */
function names(parts: Partial<NameAsker> = {}): NameAsker {
  return {
    server: ip('198.19.0.1'),
    addresses: () => Promise.resolve(['10.128.0.3']),
    names: () => Promise.resolve([`${vcnName}.cluster.test`]),
    ...parts,
  }
}

/** A site whose names are somebody else's business. */
function withoutDns(): Hands {
  return handsOf({ run: inAppliance })
}

const awaited = { kind: 'await', vcn: vcnName, address } as const

test(
  'a node is there when it answers in its network and its name leads there and back',
  real,
  async () => {
    await hands().perform(join, stepPlace())
    ipWords('-n', namespaceName(vni), 'address', 'add', '10.128.0.3/32', 'dev', 'lo')
    const marks: string[] = []
    await hands({ dns: names() }).perform(awaited, stepPlace(marks))
    assert.deepEqual(marks, ['name-resolved'])
    await withoutDns().perform(awaited, stepPlace(marks))
    assert.equal(marks.length, 1)
    const limits = { resolveMs: 20 }
    for (const [why, dns] of [
      [/10\.128\.0\.4/, names({ addresses: () => Promise.resolve(['10.128.0.4']) })],
      [/other\.test/, names({ names: () => Promise.resolve(['other.test']) })],
      [/ENOTFOUND/, names({ names: () => Promise.reject(new Error('ENOTFOUND')) })],
    ] as const)
      await assert.rejects(hands({ dns, limits }).perform(awaited, stepPlace()), {
        code: 'CPC-VCN-006',
        message: why,
      })
  },
)

test(
  'a node that stays silent is given up in time, or as soon as somebody says so',
  real,
  async () => {
    const silent = { ...awaited, address: ip('10.128.0.77') }
    const soon = hands({ dns: names(), limits: { answerMs: 0 } })
    await assert.rejects(soon.perform(silent, stepPlace()), { code: 'CPC-VCN-005' })
    const stop = new AbortController()
    const waiting = hands({ dns: names() }).perform(silent, { ...stepPlace(), signal: stop.signal })
    stop.abort()
    await assert.rejects(waiting, { code: 'CPC-VCN-001' })
  },
)

test('our own DNS is asked for names and addresses', async (context) => {
  const { port } = await startDns(context)
  const dns = askDns(ip('127.0.0.1'), port)
  assert.deepEqual(await dns.addresses('n11.cluster.test'), ['10.77.0.11'])
  assert.deepEqual(await dns.names('10.77.0.11'), ['n11.cluster.test'])
  await assert.rejects(dns.addresses('n99.cluster.test'), /ENOTFOUND/)
})
