// Why this file exists: doctor's judgement is a table: what is seen, what is said of it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readSettings, type Settings } from '#config'
import { otherLoaders } from '../../src/cli/doctor/packages.table.ts'
import { loaderOfArchitecture } from '../../src/pxe/dhcp/loader.table.ts'
import { examine, installable, type Probes } from '../../src/cli/doctor/examine.ts'
import { run } from './terminal.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpc-doctor-'))
})
after(() => rmSync(folder, { recursive: true }))

function configuration(more: string): string {
  const file = join(folder, `c${more.length}.yaml`)
  writeFileSync(file, `version: 1\ndomain: cluster.test\ndirectory: { embedded: {} }\n${more}\n`)
  return file
}

const quiet = 'services: { dhcp: off, dns: off, tftp: off, http: off }'

test('an interface that is not there is an error with a remedy, and exit 1', async () => {
  const file = configuration(`interfaces: [nowhere0]\n${quiet}`)
  const { exit, out, err } = await run(['doctor', '--config', file, '--data', folder])
  assert.equal(exit, 1)
  assert.match(out, /^error +interface nowhere0 +there is no such interface +give it an address/m)
  assert.match(err, /CPC-CLI-011/)
})

test('a port that another program holds is an error that names port and service', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const file = configuration(`interfaces: [lo]\napi: { listen: ["127.0.0.1:${port}"] }\n${quiet}`)
  const words = ['doctor', '--config', file, '--data', folder, '-o', 'json']
  const { out } = await run(words)
  taken.close()
  const findings: unknown = JSON.parse(out)
  assert.ok(Array.isArray(findings))
  const line = JSON.stringify(findings.find((one) => JSON.stringify(one).includes(`:${port}`)))
  assert.match(line, /"verdict":"error".*the API cannot listen.*EADDRINUSE.*"remedy":"see who does/)
})

test('a configuration with mistakes is refused with all of them', async () => {
  const file = configuration('interfaces: []\nfrobnicate: 1')
  const { exit, err } = await run(['doctor', '--config', file])
  assert.equal(exit, 2)
  assert.match(err, /interfaces/)
  assert.match(err, /frobnicate/)
})

test('a configuration that is named and not there is an error; one that is not named is a warning', async () => {
  const { err } = await run(['doctor', '--config', join(folder, 'none.yaml')])
  assert.match(err, /CPC-CLI-007/)
})

/** A machine on which all is well, but for what a row says. */
function probes(unlike: Partial<Probes> = {}): Probes {
  return {
    isThere: () => true,
    isWritable: () => true,
    isRoot: () => true,
    isServing: () => false,
    interfaces: () => new Map([['prov0', ['10.1.0.254']]]),
    whyNotFree: () => Promise.resolve(undefined),
    freeBytes: () => 100 * 1024 ** 3,
    install: () => Promise.resolve(),
    otherServers: () => Promise.resolve([]),
    now: () => Date.parse('2026-11-21T12:00:00Z'),
    ...unlike,
  }
}

function settings(more = ''): Settings {
  const head = 'version: 1\ndomain: cluster.test\ninterfaces: [prov0]\n'
  const directory = more === '' ? 'directory: { embedded: {} }' : more
  const read = readSettings(`${head}${directory}\n`, 'coppice.yaml', '/data')
  assert.ok(read.ok)
  return read.value
}

async function complaints(of: Settings | undefined, seen: Probes): Promise<readonly string[]> {
  const findings = await examine(of, '/data', seen)
  return findings
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ verdict, subject, remedy }) => `${verdict} ${subject}: ${remedy ?? 'no remedy'}`)
}

test('on a machine on which all is well doctor complains of nothing', async () => {
  assert.deepEqual(await complaints(settings(), probes()), [])
})

const without = (file: string): Partial<Probes> => ({ isThere: (path) => path !== file })
for (const [sentence, unlike, said] of [
  ['without root rights', { isRoot: () => false }, /^error rights: run it as root/],
  ['without slapd', without('/usr/sbin/slapd'), /^error slapd: apt-get install .* slapd$/],
  ['without NFS', without('/usr/bin/ganesha.nfsd'), /^warning nfs-ganesha: apt-get install/],
  ['without a loader', without('/usr/lib/ipxe/snponly.efi'), /^warning ipxe: apt-get install/],
  [
    'on an interface without address',
    { interfaces: () => new Map([['prov0', []]]) },
    /^error interface prov0: give it/,
  ],
  ['with a full disk', { freeBytes: () => 1024 }, /^warning disk of \/data: images need room/],
  ['with a closed disk', { isWritable: () => false }, /^error disk of \/data: choose another/],
] satisfies readonly (readonly [string, Partial<Probes>, RegExp])[]) {
  test(`${sentence} doctor has one complaint, with its remedy`, async () => {
    const [complaint, ...others] = await complaints(settings(), probes(unlike))
    assert.match(complaint ?? '', said)
    assert.deepEqual(others, [])
  })
}

test('a loader is found where the site put it, or where Debian does', async () => {
  const at = (path: string): Partial<Probes> => ({
    isThere: (one) => !one.endsWith('snponly-arm64.efi') || one === path,
  })
  for (const folder of ['/data/loaders', '/usr/lib/ipxe'])
    assert.deepEqual(await complaints(settings(), probes(at(`${folder}/snponly-arm64.efi`))), [])
  const [complaint, ...others] = await complaints(settings(), probes(at('')))
  assert.match(complaint ?? '', /^warning loader of ARM64 UEFI machines: .*\/data\/loaders\//)
  assert.deepEqual(others, [])
})

test('each loader that doctor looks for is one that machines are offered', () => {
  const offered = new Set(Object.values(loaderOfArchitecture))
  for (const { file } of otherLoaders) assert.ok(offered.has(file), file)
  // The one that Debian's package brings under that name is looked for as a program.
  const lookedFor = new Set([...otherLoaders.map(({ file }) => file), 'snponly.efi'])
  assert.deepEqual([...offered.difference(lookedFor)], [])
})

test('an external directory needs no slapd', async () => {
  const external = 'directory: { url: "ldaps://ldap.example:636", base: "dc=cluster,dc=test" }'
  assert.deepEqual(await complaints(settings(external), probes(without('/usr/sbin/slapd'))), [])
})

test('each service has its port looked at, and one that is off has not', async () => {
  const asked: string[] = []
  const seen = probes({
    whyNotFree: (kind, address, port) => {
      asked.push(`${kind} ${address}:${port}`)
      return Promise.resolve(undefined)
    },
  })
  await examine(settings(), '/data', seen)
  assert.deepEqual(asked.toSorted(), [
    'tcp 10.1.0.254:53',
    'tcp 10.1.0.254:80',
    'tcp 10.1.0.254:8443',
    'tcp 127.0.0.1:8420',
    'udp 10.1.0.254:53',
    'udp 10.1.0.254:67',
    'udp 10.1.0.254:69',
  ])
  asked.length = 0
  await examine(
    { ...settings(), services: { dhcp: 'off', dns: 'off', tftp: 'off', http: 'off' } },
    '/data',
    seen,
  )
  assert.deepEqual(asked.toSorted(), ['tcp 10.1.0.254:8443', 'tcp 127.0.0.1:8420'])
})

test('the ports of an appliance that is running are no fault', async () => {
  const busy = { whyNotFree: () => Promise.resolve('EADDRINUSE'), isServing: () => true }
  assert.deepEqual(await complaints(settings(), probes(busy)), [])
})

const stranger = {
  address: '10.1.0.66',
  mac: '52:54:00:00:66:66',
  what: 'another DHCP server, 10.1.0.66 with card 52:54:00:00:66:66, which is n066',
}
for (const [sentence, lastSeen, verdict] of [
  ['that spoke a minute ago is an error', '2026-11-21T11:59:00.000Z', 'error'],
  ['that was silent for two hours is a warning', '2026-11-21T10:00:00.000Z', 'warning'],
] as const) {
  test(`HOSTILE 10: another DHCP server ${sentence}, named with address and card`, async () => {
    const seen = probes({
      isServing: () => true,
      otherServers: () => Promise.resolve([{ ...stranger, lastSeen }]),
    })
    const findings = await examine(settings(), '/data', seen)
    const found = findings.find(({ subject }) => subject === 'other DHCP servers')
    assert.equal(found?.verdict, verdict)
    assert.match(
      found.finding,
      /^10\.1\.0\.66 with card 52:54:00:00:66:66 answers .* which is n066/,
    )
    assert.match(found.remedy ?? '', /52:54:00:00:66:66 in the tables of your switch/)
  })
}

test('an appliance that does not say what it heard is a warning, and doctor goes on', async () => {
  const deaf = { isServing: () => true, otherServers: () => Promise.reject(new Error('no token')) }
  const [complaint, ...others] = await complaints(settings(), probes(deaf))
  assert.match(complaint ?? '', /^warning other DHCP servers: look at coppice status/)
  assert.deepEqual(others, [])
})

test('where another server gives the addresses on purpose, none is looked for', async () => {
  const { services } = settings()
  const proxy = { ...settings(), services: { ...services, dhcp: 'proxy' } } as const
  const findings = await examine(proxy, '/data', probes())
  assert.ok(!findings.some(({ subject }) => subject === 'other DHCP servers'))
})

test('what is missing is what would be installed, in the order of the table', () => {
  assert.deepEqual(installable(probes(without('/usr/sbin/slapd'))), ['slapd'])
})
