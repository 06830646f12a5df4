// Why this file exists: from the loader's question to its script: who may ask, who it is, what it boots, and what is
// told upward about it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Entry } from '#directory'
import type { NextBoot } from '#feed'
import {
  answerBoot,
  type BootAnswer,
  defaultScriptPaths,
  entryScript,
  readBootRequest,
  type ScriptPlace,
} from '#pxe'
import {
  diskMac,
  ip,
  knownMac,
  later,
  mac,
  machine,
  newSite,
  otherMac,
  server,
  type Site,
  siteEntries,
  start,
  strangeMac,
  text,
  type as t,
  uuid,
} from '../dhcp-lab.ts'

const place: ScriptPlace = {
  server,
  boot: { caFingerprint: 'ab'.repeat(32), caPem: '', enrolPort: 8443 },
  ...defaultScriptPaths,
}
const claim = '0123456789abcdef0123456789abcdef'
const machineUuid = '0c0ffee0-0000-4000-8000-000000000011'

interface Asked {
  readonly mac?: string
  readonly from?: string
  readonly query?: string
  readonly next?: NextBoot
}

function ask(
  site: Site,
  { mac: asked = knownMac, from = '10.77.0.11', query = '', next }: Asked = {},
): BootAnswer {
  const request = readBootRequest(new URLSearchParams(`mac=${asked}&${query}`))
  assert.ok(request)
  const nextBoot = (): NextBoot => next ?? 'by-role'
  return answerBoot({ request, from: ip(from), claim }, { ...site.world(), nextBoot, place })
}

/** A site where the card holds the address that DHCP gave it. */
function leased(card = knownMac, entries: readonly Entry[] = siteEntries): Site {
  const site = newSite(entries)
  take(site, card)
  return site
}

function take(site: Site, card: string): string {
  const address = site.ask({ type: t.discover, mac: card }).send?.reply.yiaddr
  assert.ok(address)
  const wanted = `10.77.0.${address & 255}`
  site.ask({ type: t.request, mac: card, server: '10.77.0.1', wanted })
  return wanted
}

function scriptOf(answer: BootAnswer): string {
  if (answer.kind !== 'script') throw new Error(`refused: ${answer.why}`)
  return answer.script
}

function decisionOf(answer: BootAnswer): string {
  return answer.kind === 'script' ? answer.decision.kind : answer.kind
}

test('a host gets kernel, initrd and a command line with all that the first stage needs', () => {
  const lines = scriptOf(ask(leased())).split('\n')
  assert.equal(lines[0], '#!ipxe')
  const kernel = lines.find((line) => line.startsWith('kernel '))
  assert.equal(
    kernel,
    `kernel http://10.77.0.1/boot/kvm-host/vmlinuz initrd=initrd coppice.server=10.77.0.1 coppice.ca=${'ab'.repeat(32)}` +
      ` coppice.enrol=8443 coppice.claim=${claim} coppice.mac=${knownMac} ip=none console=tty0 console=ttyS0,115200 || goto failed`,
  )
  assert.ok(
    lines.includes('initrd --name initrd http://10.77.0.1/boot/kvm-host/initrd || goto failed'),
  )
})

test('the boot of a host is told upward with its claim, and that of no other', () => {
  const host = ask(leased())
  assert.ok(host.kind === 'script')
  assert.equal(host.sighting.claim, claim)
  assert.equal(host.sighting.decision, 'kvm-host')
  const disk = ask(leased(), { next: 'disk' })
  assert.ok(disk.kind === 'script')
  assert.equal(disk.sighting.claim, undefined)
  assert.ok(!disk.script.includes(claim))
})

test('bootParameter follows our own words, and what cannot be said is shown', () => {
  const entry = machine(
    'n001',
    { mac: knownMac, ip: '10.77.0.11' },
    { bootParameters: ['nosmt mem=1G', 'coppice.ca=00 a=$b'] },
  )
  const site = leased(knownMac, [...siteEntries.filter(({ kind }) => kind === 'network'), entry])
  const script = scriptOf(ask(site))
  assert.match(script, /console=ttyS0,115200 nosmt mem=1G \|\| goto failed/)
  assert.match(script, /echo bootParameter left out: coppice\.ca=00/)
  assert.match(script, /echo bootParameter left out: a=%24b/)
})

for (const [card, next, decision] of [
  [knownMac, 'by-role', 'kvm-host'],
  [knownMac, 'disk', 'disk'],
  [knownMac, 'rescue', 'rescue'],
  [knownMac, 'withheld', 'withheld'],
  [diskMac, 'by-role', 'disk'],
  [diskMac, 'kvm-host', 'kvm-host'],
  [strangeMac, 'by-role', 'wait'],
] as const) {
  test(`${card} with next boot ${next} is decided: ${decision}`, () => {
    const site = newSite()
    const from = take(site, card)
    assert.equal(decisionOf(ask(site, { mac: card, from, next })), decision)
  })
}

test('a rescue system gets no claim', () => {
  const script = scriptOf(ask(leased(), { next: 'rescue' }))
  assert.match(script, /coppice\.mode=rescue/)
  assert.ok(!script.includes('coppice.claim'))
})

test('from disk, BIOS starts its first disk and UEFI goes on by itself', () => {
  assert.match(scriptOf(ask(leased(), { next: 'disk' })), /sanboot --no-describe --drive 0x80/)
  const efi = scriptOf(ask(leased(), { next: 'disk', query: 'platform=efi' }))
  assert.ok(!efi.includes('sanboot'))
  assert.match(efi, /^exit$/m)
})

test('an unknown machine shows how to adopt it, and asks again more and more seldom', () => {
  const site = newSite()
  const from = take(site, strangeMac)
  const pause = (round: number): number => {
    const script = scriptOf(ask(site, { mac: strangeMac, from, query: `round=${round}` }))
    assert.match(script, /coppice machine adopt 52:54:00:cc:00:31 --name NAME/)
    assert.match(
      script,
      /^chain --replace --autofree http:\/\/10\.77\.0\.1\/boot\.ipxe\?mac=52:54:00:cc:00:31&uuid=\$\{uuid\}/m,
    )
    return Number(/^sleep (\d+)$/m.exec(script)?.[1])
  }
  assert.equal(pause(0), 3)
  assert.equal(pause(5), 8)
  assert.equal(pause(9_999), 20)
})

test('a machine whose server is away asks for a minute nearly before it starts anew', () => {
  const strangers = newSite()
  const from = take(strangers, strangeMac)
  const waiting = scriptOf(ask(strangers, { mac: strangeMac, from }))
  for (const script of [entryScript(server, undefined), scriptOf(ask(leased())), waiting]) {
    const afterFirst = script.slice(script.indexOf('\nchain '))
    const pauses = [...afterFirst.matchAll(/^sleep (\d+)\nchain /gm)]
    assert.deepEqual(
      pauses.map(([, seconds]) => Number(seconds)),
      [3, 6, 12, 20],
    )
    assert.ok(script.endsWith('\nreboot\n'), script)
  }
})

test('a waiting machine takes DHCP anew before its lease ends', () => {
  const site = newSite()
  const from = take(site, strangeMac)
  const rounds = Array.from({ length: 30 }, (_, round) =>
    scriptOf(ask(site, { mac: strangeMac, from, query: `round=${round}` })).includes(
      '\ndhcp || reboot\n',
    ),
  )
  assert.deepEqual(
    rounds.flatMap((does, round) => (does ? [round] : [])),
    [9, 19, 29],
  )
})

test('a machine is adopted while it waits: its next question is answered with the host image', () => {
  const site = newSite()
  const from = take(site, strangeMac)
  assert.equal(decisionOf(ask(site, { mac: strangeMac, from })), 'wait')
  site.snapshot = newSite([
    ...siteEntries,
    machine('n007', { mac: strangeMac, ip: '10.77.0.17' }),
  ]).snapshot
  assert.equal(decisionOf(ask(site, { mac: strangeMac, from })), 'kvm-host')
})

for (const [sentence, asked] of [
  ['an address that another card holds', { mac: otherMac, from: '10.77.0.11' }],
  ['an address that nobody holds', { mac: knownMac, from: '10.77.0.99' }],
  ['an address of another network', { mac: knownMac, from: '192.0.2.1' }],
] as const) {
  test(`HOSTILE 67: a script is not given to ${sentence}, and an alarm says so`, () => {
    const answer = ask(leased(), asked)
    assert.ok(answer.kind === 'refused')
    assert.equal(answer.alarm.code, 'CPC-DHCP-008')
    assert.ok(!JSON.stringify(answer).includes(claim))
  })
}

test('HOSTILE 67: a lease that has ended, or an offer, opens nothing', () => {
  const site = leased()
  site.now = later(start, 601)
  assert.equal(ask(site).kind, 'refused')
  const offered = newSite()
  const address = offered.ask({ type: t.discover, mac: strangeMac }).send?.reply.yiaddr ?? 0
  assert.equal(ask(offered, { mac: strangeMac, from: `10.77.0.${address & 255}` }).kind, 'refused')
})

const described = [
  ...siteEntries.filter(({ kind }) => kind === 'network'),
  machine('n001', { mac: knownMac, ip: '10.77.0.11' }, { uuid: uuid(machineUuid), port: 'Gi1/1' }),
  machine(
    'n002',
    { mac: otherMac, ip: '10.77.0.12' },
    { uuid: uuid('0c0ffee0-0000-4000-8000-000000000012') },
  ),
]

for (const [sentence, query, decision] of [
  ['its own UUID', `uuid=${machineUuid}`, 'kvm-host'],
  ['no UUID', '', 'kvm-host'],
  ['a zero UUID, which tells nothing', 'uuid=00000000-0000-0000-0000-000000000000', 'kvm-host'],
  ['another UUID', 'uuid=0c0ffee0-0000-4000-8000-0000000000ff', 'withheld'],
  ['the UUID of another machine', 'uuid=0c0ffee0-0000-4000-8000-000000000012', 'withheld'],
] as const) {
  test(`HOSTILE 69, 71: a known card with ${sentence} is decided: ${decision}`, () => {
    const answer = ask(leased(knownMac, described), { query })
    assert.ok(answer.kind === 'script')
    assert.equal(answer.decision.kind, decision)
    assert.equal(answer.alarm?.code, decision === 'withheld' ? 'CPC-DHCP-010' : undefined)
    assert.equal(answer.script.includes(claim), decision === 'kvm-host')
  })
}

for (const [port, decision] of [
  ['Gi1/1', 'kvm-host'],
  ['Gi1/9', 'withheld'],
] as const) {
  test(`HOSTILE 69: a known card on port ${port} is decided: ${decision}`, () => {
    const entries = [
      ...siteEntries.filter(({ kind }) => kind === 'network'),
      machine('far1', { mac: knownMac, ip: '10.78.0.11' }, { port: 'Gi1/1' }),
    ]
    const site = newSite(entries)
    const options = { 82: Uint8Array.of(1, port.length, ...text(port)) }
    site.ask({
      type: t.request,
      giaddr: '10.78.0.1',
      server: '10.77.0.1',
      wanted: '10.78.0.11',
      options,
    })
    assert.equal(decisionOf(ask(site, { from: '10.78.0.11' })), decision)
  })
}

test('a person who withholds a boot raises no alarm', () => {
  const answer = ask(leased(), { next: 'withheld' })
  assert.ok(answer.kind === 'script')
  assert.equal(answer.alarm, undefined)
})

test('the first script asks again for the card that holds the address, with all that iPXE knows', () => {
  assert.match(
    entryScript(server, mac(knownMac)),
    /^chain --replace --autofree http:\/\/10\.77\.0\.1\/boot\.ipxe\?mac=52:54:00:77:00:11&uuid=\$\{uuid\}&serial=\$\{serial:uristring\}&platform=\$\{platform\}&round=0 \|\|$/m,
  )
  assert.match(entryScript(server, undefined), /\?mac=\$\{netX\/mac\}&/)
})

test('a question that is no question is answered with the first script, and odd words are left out', () => {
  assert.equal(readBootRequest(new URLSearchParams('')), undefined)
  assert.equal(readBootRequest(new URLSearchParams('mac=zz')), undefined)
  const request = readBootRequest(
    new URLSearchParams({
      mac: knownMac,
      uuid: 'none',
      serial: 'a\nb',
      round: '-1',
      platform: 'x',
    }),
  )
  assert.deepEqual(request, { mac: knownMac, platform: 'pcbios', round: 0 })
  const said = readBootRequest(
    new URLSearchParams({ mac: knownMac, uuid: machineUuid, serial: ' VM 42 ' }),
  )
  assert.equal(said?.serial, 'VM 42')
})

test('whatever the loader says of itself, the answer is a script of ours with as many lines', () => {
  const site = leased()
  const lines = scriptOf(ask(site)).split('\n').length
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (one, two, three) => {
      const query = new URLSearchParams({ serial: one, platform: two, round: three }).toString()
      assert.equal(scriptOf(ask(site, { query })).split('\n').length, lines)
    }),
    { numRuns: 200 },
  )
})
