// Why this file exists: the other nouns, and the way to the appliance.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { brokenServices, fakeCore, leakingSecret } from '../api/fake-services.ts'
import { run, type Shell, shellOn } from './terminal.ts'

const core = fakeCore()
let shell: Shell
let home: string
before(async () => {
  shell = await shellOn(core.services)
  home = mkdtempSync(join(tmpdir(), 'cpc-home-'))
})
after(async () => {
  await shell[Symbol.asyncDispose]()
  rmSync(home, { recursive: true })
})

test('a network is added, listed, shown and removed', async () => {
  const added = await shell.coppice([
    'network',
    'add',
    'prov',
    '--subnet',
    '10.1.0.0/16',
    '--gateway',
    '10.1.0.254',
    '--route',
    '198.51.100.0/24 10.1.0.253',
    '--pool',
    '10.1.9.1-10.1.9.9',
    '--lease-seconds',
    '60',
  ])
  assert.deepEqual([added.exit, added.err], [0, 'added prov'])
  assert.match(
    (await shell.coppice(['network', 'list'])).out,
    /^prov +10\.1\.0\.0\/16 +10\.1\.0\.254 +10\.1\.9\.1-10\.1\.9\.9 +60 s$/m,
  )
  assert.match((await shell.coppice(['network', 'show', 'prov'])).out, /^leaseSeconds +60$/m)
  assert.match(
    (await shell.coppice(['network', 'show', 'prov'])).out,
    /198\.51\.100\.0\/24 10\.1\.0\.253/,
  )
  assert.equal((await shell.coppice(['network', 'remove', 'prov'])).exit, 0)
  assert.equal((await shell.coppice(['network', 'show', 'prov'])).exit, 3)
})

test('networks are changed, and lose what is unset', async () => {
  await shell.coppice([
    'network',
    'add',
    'prov',
    '--subnet',
    '10.1.0.0/16',
    '--pool',
    '10.1.1.1-10.1.1.9',
  ])
  const words = 'network set prov --subnet 10.1.0.0/20 --unset pool --lease-seconds 60'
  const { exit, err } = await shell.coppice(words.split(' '))
  assert.deepEqual([exit, err], [0, 'changed prov'])
  const given = { subnet: '10.1.0.0/20', pool: null, leaseSeconds: 60 }
  assert.deepEqual(core.orders.at(-1)?.given, given)
  assert.equal(core.networks.get('prov')?.pool, undefined)
})

test('a network needs a subnet, and a lease that is a number', async () => {
  const without = await shell.coppice(['network', 'add', 'prov'])
  assert.equal(without.exit, 2)
  assert.match(without.err, /--subnet/)
  const odd = await shell.coppice([
    'network',
    'add',
    'p',
    '--subnet',
    '10.0.0.0/8',
    '--lease-seconds',
    'long',
  ])
  assert.equal(odd.exit, 2)
})

test('the secret of a new token stands alone on standard output', async () => {
  const { out, err } = await shell.coppice(['token', 'add', 'bob', '--role', 'operator'])
  assert.equal(out, 'new-secret')
  assert.match(err, /only now/)
  assert.equal((await shell.coppice(['token', 'add', 'bob', '--role', 'god'])).exit, 2)
})

test('lint lists what is set aside, and its exit status says so', async () => {
  const { exit, out } = await shell.coppice(['lint'])
  assert.equal(exit, 1)
  assert.match(out, /^set-aside +cn=n9 +its MAC is held by n1$/m)
})

test('held removals are accepted or rejected by name of the caller', async () => {
  await shell.coppice(['directory', 'accept'])
  await shell.coppice(['directory', 'reject'])
  assert.deepEqual(
    core.orders.filter(({ what }) => what.startsWith('held')).map(({ what }) => what),
    ['held accept', 'held reject'],
  )
})

test('what is only thought of is asked: a machine, entries and packets, and set aside is exit 5', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-whatif-'))
  try {
    const [ldif, pcap] = [join(folder, 'new.ldif'), join(folder, 'boot.pcap')]
    writeFileSync(ldif, 'dn: cn=twice\n')
    const capture = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')
    writeFileSync(pcap, capture)
    const machine = await shell.coppice(['whatif', 'machine', 'n7', '--mac', '52:54:00:00:00:07'])
    assert.match(machine.out, /^n7 would get it$/m)
    assert.equal(machine.exit, 0)
    assert.equal((await shell.coppice(['whatif', 'entry', ldif])).exit, 5)
    assert.equal((await shell.coppice(['whatif', ldif])).exit, 5)
    for (const words of [[pcap], ['packet', pcap]]) {
      const { out } = await shell.coppice(['whatif', ...words, '-o', 'json'])
      assert.match(out, new RegExp(`dhcp ${capture.toString('base64')}`.replaceAll('+', '.')))
    }
    const hex = await shell.coppice(['whatif', 'packet', '--hex', '00ff', '--protocol', 'dns'])
    assert.match(hex.out, /^dns 00ff gets nothing$/m)
    assert.equal((await shell.coppice(['whatif'])).exit, 2)
    assert.match((await shell.coppice(['whatif', join(folder, 'none')])).err, /CPC-CLI-007/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('explain gives data on demand, in either way to ask for it', async () => {
  for (const words of [['--json'], ['-o', 'json']]) {
    const { out } = await shell.coppice(['explain', 'n001', ...words])
    assert.match(out, /"rule":"noPool","operands":\["prov",1\]/)
  }
})

test('status, explain and leases are told', async () => {
  assert.match((await shell.coppice(['status'])).out, /^domain +cluster\.test$/m)
  assert.match((await shell.coppice(['status', '-o', 'json'])).out, /"connected":true/)
  assert.match((await shell.coppice(['explain', '10.1.0.1'])).out, /because it is nobody/)
  assert.match(
    (await shell.coppice(['lease', 'list'])).out,
    /^10\.1\.0\.1 +52:54:00:00:00:01 +n001/m,
  )
  assert.match((await shell.coppice(['directory', 'status'])).out, /^state +live$/m)
})

test('events are followed until they are stopped', async () => {
  const stop = new AbortController()
  const { exit, out } = await shell.coppice(['events', '-o', 'jsonl'], {
    stop: stop.signal,
    onOut: () => stop.abort(),
  })
  assert.equal(exit, 0)
  assert.match(out, /"subject":"n001"/)
})

for (const [sentence, server] of [
  ['a socket that is not there', 'unix:/nonexistent/api.sock'],
  ['a port where nobody listens', 'http://127.0.0.1:1'],
] as const) {
  test(`${sentence} is exit 8 and four lines that say where it looked`, async () => {
    const { exit, err } = await run(['machine', 'list', '--server', server])
    assert.equal(exit, 8)
    assert.match(err, /CPC-CLI-002\]\nwhere: .+\nwhy: {3}.+\ndo: {4}start it/)
    assert.ok(err.includes(server))
  })
}

test('an order for many stops at once when nobody answers', async () => {
  const { exit, err } = await run([
    'machine',
    'remove',
    'n[1-500]',
    '--server',
    'unix:/nonexistent/s',
  ])
  assert.equal(exit, 8)
  assert.equal(err.split('\n').length, 4)
})

test('a place that is none is a usage error', async () => {
  const { exit } = await run(['status'], { env: { COPPICE_SERVER: 'ftp://x' } })
  assert.equal(exit, 2)
})

test('--server counts more than COPPICE_SERVER', async () => {
  const env = { COPPICE_SERVER: 'unix:/nonexistent/s' }
  const { exit } = await run(['status', '--server', `unix:${shell.socketPath}`], { env })
  assert.equal(exit, 0)
})

test('over TCP a token comes from COPPICE_TOKEN, else from the file of its owner; without one it is refused', async () => {
  const words = ['status', '--server', `http://127.0.0.1:${shell.port}`]
  assert.equal((await run(words, { home })).exit, 4)
  assert.equal((await run(words, { env: { COPPICE_TOKEN: 'reader-secret' } })).exit, 0)
  mkdirSync(join(home, '.config/coppice'), { recursive: true })
  const file = join(home, '.config/coppice/token')
  writeFileSync(file, 'reader-secret\n', { mode: 0o600 })
  const private_ = await run(words, { home })
  assert.deepEqual([private_.exit, private_.err], [0, ''])
  chmodSync(file, 0o644)
  const open = await run(words, { home })
  assert.equal(open.exit, 0)
  assert.match(open.err, /others may read/, 'HOSTILE 66: a token that others may read is told of')
})

test('HOSTILE 66: no flag takes a token, where every user of the machine could read it', async () => {
  assert.equal((await shell.coppice(['status', '--token', 'x'])).exit, 2)
})

test('an unforeseen failure of the appliance is told by its reference, without its details', async () => {
  await using broken = await shellOn(brokenServices())
  const { exit, err } = await broken.coppice(['machine', 'list'])
  assert.equal(exit, 1)
  assert.match(err, /CPC-API-007.*\nwhere: GET \/v1\/machines\nwhy: .*reference is [0-9a-f]{8}/)
  assert.doesNotMatch(err, new RegExp(leakingSecret))
})

for (const [sentence, status, type, body] of [
  ['a page of HTML', 200, 'text/html', '<html>'],
  ['JSON of another shape', 200, 'application/json', '{"machines":[]}'],
  ['an error of a proxy', 502, 'text/html', 'Bad Gateway'],
] as const) {
  test(`another server that answers ${sentence} is not taken for an appliance`, async () => {
    const other = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
    const path = join(home, `other-${status}-${body.length}.sock`)
    await new Promise<void>((resolve) => other.listen(path, resolve))
    const { exit, err } = await run(['machine', 'list', '--server', `unix:${path}`])
    other.close()
    other.closeAllConnections()
    assert.equal(exit, 1)
    assert.match(err, /CPC-CLI-005/)
  })
}

test('an error with a code of a newer appliance keeps its words and its code', async () => {
  const newer = createServer((_request, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end(
      JSON.stringify({
        type: 't',
        title: 't',
        status: 409,
        detail: 'd',
        code: 'CPC-NEW-042',
        what: 'it is new',
        where: 'there',
        why: 'because',
        do: 'wait',
      }),
    )
  })
  const path = join(home, 'newer.sock')
  await new Promise<void>((resolve) => newer.listen(path, resolve))
  const { exit, err } = await run(['machine', 'list', '--server', `unix:${path}`])
  newer.close()
  newer.closeAllConnections()
  assert.equal(exit, 1)
  assert.match(
    err,
    /it is new \[CPC-CLI-005\]\nwhere: there\nwhy: {3}because \(CPC-NEW-042\)\ndo: {4}wait/,
  )
})
