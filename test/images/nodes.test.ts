// Why this file exists: the rules for images, kept by the images we build: two nodes boot at a site that is not ours, and
// everything they know of it they were told.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parseSubnet } from '#directory'
import {
  type LaunchHost,
  planLaunch,
  type Problem,
  programFrom,
  programQuestions,
  readOutput,
} from '#hpl'
import { buildRecipe, runProgram } from '#recipe'
import { needs, needsRoot } from '../needs.ts'
import { type Node, type NodeOrder, Rack, site } from './rack.ts'

const cacheDir = process.env['COPPICE_CACHE'] ?? '/var/cache/coppice'
const buildMsMax = 1_800_000
const wholeMsMax = buildMsMax + 600_000
const available = {
  timeout: wholeMsMax,
  ...needsRoot(),
  ...needs(
    'qemu-system-x86, dnsmasq-base and openssh-client',
    '/usr/bin/qemu-system-x86_64',
    '/usr/sbin/dnsmasq',
    '/usr/bin/ssh',
  ),
}

interface Site {
  readonly rack: Rack
  readonly head: Node
  readonly compute: Node
  readonly both: readonly [Node, Node]
}

type Promised = (at: Site, t: TestContext) => Promise<void>
/** In this order: the last one switches the nodes off. */
const promises: (readonly [string, Promised])[] = []

function promise(sentence: string, keep: Promised): void {
  promises.push([sentence, keep])
}

async function diskOf(recipe: string): Promise<string> {
  const recipeDir = join(import.meta.dirname, '../../images', recipe)
  const image = await buildRecipe({ recipeDir, cacheDir, run: runProgram })
  assert.ok(image.kind === 'disk')
  return image.disk
}

async function openSite(): Promise<Site> {
  const disks = { head: await diskOf('voc-head'), compute: await diskOf('voc-compute') }
  const rack = new Rack()
  const key = readFileSync(`${rack.keyFile}.pub`)
  const credential = 'ssh.authorized_keys.root'
  const head: NodeOrder = {
    name: 'head1',
    disk: disks.head,
    mac: '52:54:00:77:09:0b',
    address: '10.77.9.11',
    machine: 'q35',
    oemString: `io.systemd.credential.binary:${credential}=${key.toString('base64')}`,
  }
  const compute: NodeOrder = {
    name: 'compute1',
    disk: disks.compute,
    mac: '52:54:00:77:09:0c',
    address: '10.77.9.12',
    machine: 'pc',
    oemString: `io.systemd.credential:${credential}=${key.toString().trim()}`,
  }
  try {
    await rack.serve([head, compute])
    const nodes = { head: rack.boot(head), compute: rack.boot(compute) }
    return { rack, ...nodes, both: [nodes.head, nodes.compute] }
  } catch (error) {
    await rack.close()
    throw error
  }
}

test('the images of virtual nodes keep the rules for images', available, async (t) => {
  const at = await openSite()
  try {
    for (const [sentence, keep] of promises) await t.test(sentence, (step) => keep(at, step))
  } finally {
    await at.rack.close()
  }
})

promise('a node says on its console when it has its address and its name', async ({ both }, t) => {
  for (const node of both) {
    const seconds = await node.said(/^.*node: address /)
    await node.said(/node: ssh /)
    const { name, address } = node.order
    assert.match(node.console(), new RegExp(`node: address ${address}/24 on eth0, ${name} `))
    t.diagnostic(`${name} (${node.order.machine}): address ${seconds.toFixed(1)} s after power-on`)
  }
})

promise(
  'it is what DHCP said: name, search list, resolver, size of packets',
  async ({ rack, both }) => {
    for (const { order } of both) {
      const told = await rack.ssh(
        order,
        'hostname; cat /etc/resolv.conf /etc/hosts; cat /sys/class/net/eth0/mtu; ip route',
      )
      assert.deepEqual(told.trim().split(/ *\n/), [
        order.name,
        `search ${site.search.join(' ')}`,
        `nameserver ${site.gateway}`,
        '127.0.0.1 localhost',
        `${order.address} ${order.name}.${site.domain} ${order.name}`,
        String(site.mtu),
        `default via ${site.gateway} dev eth0  metric 2`,
        `10.77.9.0/24 dev eth0 scope link  src ${order.address}`,
      ])
    }
  },
)

promise(
  'one node finds the other by its name, forward and backward',
  async ({ rack, head, compute }) => {
    const told = await rack.ssh(
      head.order,
      `ping -c 1 -w 10 ${compute.order.name} && nslookup ${compute.order.name}.${site.domain}; nslookup ${compute.order.address}`,
    )
    assert.match(told, /1 packets received/)
    assert.ok(told.includes(`Address: ${compute.order.address}`))
    assert.ok(told.includes(`name = ${compute.order.name}.${site.domain}`))
  },
)

promise('the host keys of two nodes of one image differ', async ({ rack, both }) => {
  const keys = await Promise.all(both.map(({ order }) => hostKey(rack, order)))
  assert.match(keys[0] ?? '', /^ssh-ed25519 /)
  assert.notEqual(keys[0], keys[1])
})

async function hostKey(rack: Rack, order: NodeOrder): Promise<string> {
  const text = await rack.ssh(order, 'cat /etc/ssh/ssh_host_ed25519_key.pub')
  return text.trim().split(' ').slice(0, 2).join(' ')
}

promise(
  'root has the key that the firmware told, and no password opens ssh',
  async ({ rack, both }) => {
    const mine = readFileSync(`${rack.keyFile}.pub`, 'utf8')
    for (const { order } of both) {
      assert.equal(await rack.ssh(order, 'cat /root/.ssh/authorized_keys'), mine)
      const settings = await rack.ssh(order, '/usr/sbin/sshd -T')
      assert.match(settings, /^passwordauthentication no$/m)
      assert.match(settings, /^permitrootlogin without-password$/m)
    }
  },
)

promise('whoever has the console is root, without a password', async ({ head }) => {
  head.type('echo "I am $(id -un) on $(hostname)"')
  await head.said(/^I am root on head1$/)
})

promise('a node runs few processes, and process 1 reaps', async ({ rack, compute }, t) => {
  const told = await rack.ssh(
    compute.order,
    `sh -c '(sleep 0 &) ; true'; ps -o pid,stat,comm,args | grep -v '\\[' ; cat /proc/meminfo | head -3`,
  )
  t.diagnostic(told)
  assert.ok(!/ Z /.test(told), told)
})

promise('hpcc and its BLAS are on both the same', async ({ rack, both }) => {
  const programs = await Promise.all(
    both.map(async ({ order }) => {
      const digest = await rack.ssh(order, programQuestions.digest.join(' '))
      const blas = await rack.ssh(order, programQuestions.blas.map((word) => `'${word}'`).join(' '))
      return programFrom({ digest, blas })
    }),
  )
  assert.ok(programs[0])
  assert.match(programs[0].blas, /openblas-serial/)
  assert.deepEqual(programs[0], programs[1])
})

promise(
  'HPL runs over both nodes, and solves what it was asked',
  async ({ rack, head, compute }, t) => {
    const problem: Problem = { N: 100, NB: 32, P: 1, Q: 2 }
    const workDir = '/tmp/run'
    const publicKey = await rack.ssh(
      head.order,
      `mkdir ${workDir}; ssh-keygen -q -t ed25519 -N '' -C run -f ${workDir}/key; cat ${workDir}/key.pub`,
    )
    const hosts: LaunchHost[] = []
    for (const { order } of [head, compute]) {
      await rack.ssh(order, 'cat >>/root/.ssh/authorized_keys', publicKey)
      hosts.push({ address: order.address, ranks: 1, hostKey: await hostKey(rack, order) })
    }
    const network = parseSubnet(`10.77.9.0/${site.prefix}`)
    assert.ok(network)
    const keyFile = `${workDir}/key`
    const plan = planLaunch({ problem, hosts, network, workDir, keyFile, secondsMax: 300 })
    assert.ok(plan.ok)
    for (const { path, text } of plan.value.files) await rack.ssh(head.order, `cat >${path}`, text)
    const env = Object.entries(plan.value.env).map(([name, value]) => `${name}=${value}`)
    const words = plan.value.argv.map((word) => `'${word}'`)
    const from = performance.now()
    await rack.ssh(head.order, `cd ${workDir} && env ${env.join(' ')} ${words.join(' ')}`)
    const read = readOutput(await rack.ssh(head.order, `cat ${plan.value.outputFile}`))
    assert.ok(read.ok)
    const [result] = read.value.results
    assert.ok(result)
    assert.deepEqual(
      { ...problem, verdict: 'PASSED' },
      { ...pick(result), verdict: result.verdict },
    )
    t.diagnostic(
      `${result.gflops} GFLOPS, hpcc whole ${((performance.now() - from) / 1000).toFixed(1)} s`,
    )
  },
)

function pick({ N, NB, P, Q }: Problem): Problem {
  return { N, NB, P, Q }
}

promise('the power button ends a node in order', async ({ both }) => {
  for (const node of both) {
    await node.powerDown()
    assert.match(node.console(), /node: stopping /)
  }
})
