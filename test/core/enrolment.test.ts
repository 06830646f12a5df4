// Why this file exists: whoever gets a certificate of ours commands every host; each way to get one by fraud is tried here.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { test, type TestContext } from 'node:test'
import { parseIp4, parseMac, parseUuid, type Uuid } from '#directory'
import { enrol, type EnrolmentAnswer } from '../../src/core/enrolment.ts'
import { needs } from '../needs.ts'
import { address, bios, certificateRequest, known, mac, machine, openHouse } from './house.ts'

const claim = '0123456789abcdef0123456789abcdef'
const sshHostKey = `ssh-ed25519 ${'A'.repeat(68)}`
const wanted = needs('openssl', '/usr/bin/openssl')
const request = wanted.skip === undefined ? certificateRequest() : ''
const otherRequest = wanted.skip === undefined ? certificateRequest() : ''

type House = Awaited<ReturnType<typeof openHouse>>

/** Its loader asks for an address: a boot begins. */
function discover(house: House): void {
  house.sightings.take({
    kind: 'dhcp',
    at: house.now(),
    mac,
    address,
    why: 'a test',
    asked: 'DISCOVER',
    answered: 'OFFER',
    stage: 'ipxe',
    interfaceName: 'p',
  })
}

/** The machine has booted as far as its script. */
async function bootedHouse(t: TestContext, uuid: Uuid = bios): Promise<House> {
  const house = await openHouse(t)
  discover(house)
  const seen = { at: house.now(), mac, address, why: 'a test' }
  house.sightings.take({ kind: 'script', ...seen, decision: 'kvm-host', claim, uuid })
  return house
}

function ask(house: House, change: Partial<Parameters<typeof enrol>[0]> = {}): EnrolmentAnswer {
  return enrol(
    { claim, mac, from: address, uuid: bios, sshHostKey, certificateRequest: request, ...change },
    house.enrolment,
  )
}

function filesOf(answer: EnrolmentAnswer, name: string): string {
  assert.equal(answer.kind, 'granted')
  const archive = answer.kind === 'granted' ? answer.archive : Buffer.alloc(0)
  return execFileSync('tar', ['-x', '-O', '-f', '-', name], { input: archive, encoding: 'utf8' })
}

test(
  'a host with its claim gets a certificate for its id, its name and its address',
  wanted,
  async (t) => {
    const house = await bootedHouse(t)
    const certificate = new X509Certificate(filesOf(ask(house), 'cert.pem'))
    assert.match(certificate.subject, new RegExp(`CN=${machine.id}`))
    assert.equal(certificate.checkHost('n001.cluster.test'), 'n001.cluster.test')
    assert.equal(certificate.checkIP('10.77.0.20'), '10.77.0.20')
    assert.ok(certificate.verify(new X509Certificate(house.authority.certificate.pem).publicKey))
    assert.equal(house.hosts.life(machine.id).state, 'probing')
    assert.deepEqual(house.remembered, [`${machine.id} ${sshHostKey}\n`])
  },
)

test('what the host installs is plain settings that no shell could run', wanted, async (t) => {
  const settings = filesOf(ask(await bootedHouse(t)), 'host.env')
  for (const line of settings.trim().split('\n'))
    assert.match(line, /^[A-Z_]+=[A-Za-z0-9._:/,=-]+$/)
  assert.match(settings, /^COPPICE_NFS=10\.77\.0\.1:\/images$/m)
})

test('a lost answer may be asked for again with the same key', wanted, async (t) => {
  const house = await bootedHouse(t)
  assert.equal(ask(house).kind, 'granted')
  assert.equal(ask(house).kind, 'granted')
})

for (const [sentence, change] of [
  [
    'HOSTILE 67: a claim from another address than the lease is refused',
    { from: known(parseIp4('10.77.0.99')) },
  ],
  ['HOSTILE 67: a claim for another MAC is refused', { mac: known(parseMac('52:54:00:77:00:99')) }],
  ['a number that nobody was given is refused', { claim: 'f'.repeat(32) }],
] as const) {
  test(sentence, wanted, async (t) => {
    const house = await bootedHouse(t)
    assert.equal(ask(house, change).kind, 'refused')
    assert.notEqual(house.hosts.life(machine.id).state, 'probing')
  })
}

test(
  'HOSTILE 69: a second key with the same claim waits for a person and raises an alarm',
  wanted,
  async (t) => {
    const house = await bootedHouse(t)
    assert.equal(ask(house).kind, 'granted')
    assert.equal(ask(house, { certificateRequest: otherRequest }).kind, 'waiting')
    assert.equal(house.store.approvals.pending().length, 1)
    assert.equal(house.sightings.waiting()[0]?.machine, 'n001')
  },
)

test(
  'HOSTILE 69: a known MAC in a machine with another UUID waits, and is granted once confirmed',
  wanted,
  async (t) => {
    const house = await bootedHouse(t)
    const uuid = known(parseUuid('99999999-2222-4333-8444-555555550001'))
    assert.equal(ask(house, { uuid }).kind, 'waiting')
    assert.equal(house.hosts.life(machine.id).state, 'waiting')
    for (const { id } of house.store.approvals.pending()) {
      house.store.approvals.decide(id, { state: 'confirmed', by: 'ada', at: house.now() })
    }
    assert.equal(ask(house, { uuid }).kind, 'granted')
  },
)

test(
  'HOSTILE 69: while the host itself still answers, whoever boots under its MAC waits',
  wanted,
  async (t) => {
    const house = await bootedHouse(t)
    const over = new Promise<string>(() => undefined)
    const facts = { libvirtVersion: '9', hostname: 'n001', cpus: 1, memoryMiB: 1, kvm: true }
    house.session.current = { facts, over, close: () => undefined }
    assert.equal(ask(house).kind, 'granted')
    while (house.hosts.life(machine.id).state !== 'ready')
      await new Promise((resolve) => setImmediate(resolve))
    const next = 'abcdef0123456789abcdef0123456789'
    discover(house)
    const seen = { at: house.now(), mac, address, why: 'a test' }
    house.sightings.take({ kind: 'script', ...seen, decision: 'kvm-host', claim: next, uuid: bios })
    assert.equal(ask(house, { claim: next, certificateRequest: otherRequest }).kind, 'waiting')
  },
)

test('a claim of an earlier boot is worth nothing', wanted, async (t) => {
  const house = await bootedHouse(t)
  discover(house)
  assert.equal(ask(house).kind, 'refused')
})

test('a claim that is too old is refused', wanted, async (t) => {
  const house = await bootedHouse(t)
  house.clock.now += 31 * 60_000
  assert.equal(ask(house).kind, 'refused')
})

test(
  'while core settles, a claim that it has not heard of yet is asked for again',
  wanted,
  async (t) => {
    const house = await bootedHouse(t)
    const settling = { ...house.enrolment, isSettling: () => true }
    const asked = { mac, from: address, sshHostKey, certificateRequest: request }
    assert.equal(enrol({ ...asked, claim: 'f'.repeat(32) }, settling).kind, 'not-yet')
  },
)
