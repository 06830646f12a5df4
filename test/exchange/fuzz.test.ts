// Why this file exists: nobody knows what stands in the files that people will bring; whatever it is, an importer answers,
// soon, and never by throwing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FormatName, importFiles, planImport } from '#exchange'
import { emptySnapshot } from '#directory'
import { domain, vector } from './told.ts'

const mutations = 20_000
const answerMsMax = 10
const eachMsMax = 0.05
/** The collector may come in between; not each time. */
const attemptsMax = 5

const seeds: Readonly<Record<FormatName, readonly string[]>> = {
  dhcpd: [
    vector('isc/grouphost4.conf'),
    'shared-network s { subnet 10.1.0.0 netmask 255.255.0.0 { pool { deny unknown-clients; range 10.1.0.5 10.1.0.9; } }\nhost a { hardware ethernet 52:54:00:00:00:01; option host-name "a\\"b"; host-identifier option agent.circuit-id "x"; } } # c\ninclude "x";',
  ],
  kea: [
    vector('isc/grouphost4.kea.json'),
    '{ "Dhcp4": { /* c */ "shared-networks": [ { "name": "s", "subnet4": [ { "subnet": "10.1.0.0/16", "pools": [ { "pool": "10.1.0.1 - 10.1.0.9" } ], "option-data": [ { "code": 3, "data": "10.1.0.1" } ], "reservations": [ { "client-id": "01:52:54:00:00:00:01", "flex-id": "\'x\'" }, ] } ] } ], "a": <?include "b"?> } }',
  ],
  dnsmasq: [
    'domain=a.b\ndhcp-range=set:red,10.1.0.5,10.1.0.9,255.255.0.0,12h\ndhcp-host=52:54:00:00:00:01,id:01:02,set:x,"n,1",10.1.0.1,45m # c\nhost-record=a.b,c,10.1.0.1,1::2\ncname=x,y\naddress=/q/10.1.0.1\ndhcp-option=option:router,10.1.0.1\ndhcp-ignore=tag:!known\n',
  ],
  hosts: [
    '127.0.0.1 localhost\n10.1.0.1 n1.a.b n1 # x\n10.2.0.1 n1\n10.3.0.1 eth1.n1\n::1 y\n52:54:00:00:00:01 n1\n52:54:0:0:0:2 eth1.n1\n5254.0000.0003 10.1.0.1\n',
  ],
  csv: [
    'name;mac;ip;nic;tags;role;uuid;port;power;bootfile;kernel args\nn1;"52:54:00:00:00:01 52:54:00:00:00:02";10.1.0.1;;"a;b";host;11111111222243338444555555550001;p;10.9.0.1;x;"q ""z"""\nn1;52:54:00:00:00:03;10.2.0.1;eth1;;;;;;;\n',
  ],
  warewulf: [
    'nodeprofiles:\n  default: { network devices: { default: { netmask: 255.255.0.0 } } }\nnodes:\n  n[1-2]: &x\n    profiles: [default]\n    ipmi: { ipaddr: "10.9.0.[1-2]" }\n    network devices: { default: { hwaddr: "52:54:00:00:00:[01-02]" } }\n  n3: *x\n',
  ],
}

for (const format of Object.keys(seeds).filter(isFormat)) {
  test(`${mutations} changed ${format} files: never a throw, and each is answered within ${answerMsMax} ms`, (t) => {
    const seed = (Date.now() ^ (process.pid << 12)) >>> 0
    t.diagnostic(`seed ${seed}`)
    const random = randomOf(seed)
    for (let round = 0; round < mutations; round += 1) {
      const text = mutated(seeds[format], random)
      const where = `seed ${seed}, round ${round}`
      let tookMs = Infinity
      let described = 0
      for (let attempt = 0; attempt < attemptsMax && tookMs > answerMsMax; attempt += 1) {
        tookMs = cpuMsOf(() => {
          described = answer(text, format, where)
        })
      }
      // A range of nodes may have become one of thousands.
      assert.ok(tookMs <= answerMsMax + described * eachMsMax, `${tookMs} ms, ${where}`)
    }
  })
}

/** What else the machine does meanwhile is not ours. */
function cpuMsOf(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

function isFormat(text: string): text is FormatName {
  return Object.hasOwn(seeds, text)
}

/** How many things it told. What comes out must be whole: each reason has a place, each machine a card, a port or a UUID. */
function answer(text: string, format: FormatName, where: string): number {
  const result = importFiles([{ name: 'f', text }], { format, domains: [domain], known: [] })
  if (!result.ok) {
    assert.ok(result.refusal.length > 0, where)
    return 0
  }
  const { machines, networks, leftOut } = result.value
  const names = machines.flatMap(({ name, aliases }) => [name, ...aliases])
  assert.equal(new Set(names).size, names.length, where)
  for (const { nics, facts } of machines) {
    const macs = nics.flatMap((nic) => nic.macs)
    assert.ok(macs.length > 0 || facts.port !== undefined || facts.uuid !== undefined, where)
    assert.equal(new Set(macs).size, macs.length, where)
  }
  assert.equal(new Set(networks.map(({ name }) => name)).size, networks.length, where)
  const plan = planImport(result.value, emptySnapshot(domain))
  assert.deepEqual([plan.already, plan.conflicts], [[], []], where)
  return machines.length + leftOut.length
}

/** Park and Miller's generator: small, and the same everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

const fragments = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ';',
  ',',
  '\n',
  '#',
  '/*',
  '\\',
  '\u0000',
  'ü',
  '0',
  '.',
  ':',
  '-',
  '*',
  '&x',
  '<<: *x',
  '<?include "a"?>',
  '10.1.0.1',
  '52:54:00:00:00:01',
  '= {',
  '\t',
  '999999999',
  '~',
  "'",
]

function mutated(samples: readonly string[], random: (below: number) => number): string {
  let text = samples[random(samples.length)] ?? ''
  for (let times = 1 + random(4); times > 0; times -= 1) text = changed(text, random)
  return text
}

function changed(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1)
  const length = random(20)
  switch (random(6)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length)
    case 1:
      return text.slice(0, at) + (fragments[random(fragments.length)] ?? '') + text.slice(at)
    case 2:
      return text.slice(0, at) + text.slice(at, at + length).repeat(1 + random(4)) + text.slice(at)
    case 3:
      return text.slice(0, at)
    case 4:
      return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1)
    default: {
      const from = random(text.length + 1)
      return text.slice(0, at) + text.slice(from, from + length) + text.slice(at)
    }
  }
}
