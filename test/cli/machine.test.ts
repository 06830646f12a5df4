// Why this file exists: what an operator types about machines, and what comes of it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { apiLimits } from '#api'
import { fakeCore, machine } from '../api/fake-services.ts'
import { type Shell, shellOn } from './terminal.ts'

const core = fakeCore()
let shell: Shell
let folder: string
before(async () => {
  shell = await shellOn(core.services)
  folder = mkdtempSync(join(tmpdir(), 'cpc-cli-'))
})
after(async () => {
  await shell[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  core.machines.clear()
  core.orders.length = 0
  for (const name of ['n001', 'n002', 'n003']) {
    core.machines.set(name, machine(name, { tags: name === 'n003' ? [] : ['rack3'] }))
  }
})

function orders(): readonly string[] {
  return core.orders.map(({ what }) => what).toSorted()
}

test('128 machines are added with one line, each with its own address and MAC', async () => {
  core.machines.clear()
  const { exit, err } = await shell.coppice([
    'machine',
    'add',
    'n[001-128]',
    '--ip',
    '10.1.0.[1-128]',
    '--mac',
    '52:54:00:00:01:[01-80/hex]',
    '--role',
    'host',
    '--tag',
    'a',
    '--tag',
    'b',
  ])
  assert.equal(exit, 0)
  assert.equal(err, 'added n[001-128]')
  assert.equal(core.machines.size, 128)
  const last = core.orders.find(({ what }) => what === 'machine add n128')?.given
  assert.deepEqual(last, {
    name: 'n128',
    macs: ['52:54:00:00:01:80'],
    address: '10.1.0.128',
    role: 'host',
    tags: ['a', 'b'],
  })
})

test('without --ip machines are added in the order of their names, so that addresses follow it', async () => {
  core.machines.clear()
  await shell.coppice(['machine', 'add', 'n[1-20]'])
  assert.deepEqual(
    core.orders.map(({ what }) => what),
    Array.from({ length: 20 }, (_, at) => `machine add n${at + 1}`),
  )
})

test('one machine takes several MACs, and a URL as it stands, brackets and all', async () => {
  await shell.coppice([
    'machine',
    'add',
    'x',
    '--mac',
    '52:54:00:00:00:01,52:54:00:00:00:02',
    '--power',
    'ipmi://[fe80::1]',
  ])
  assert.deepEqual(core.orders[0]?.given, {
    name: 'x',
    macs: ['52:54:00:00:00:01', '52:54:00:00:00:02'],
    power: 'ipmi://[fe80::1]',
  })
})

for (const [sentence, words] of [
  ['an address too few', ['machine', 'add', 'x[1-4]', '--ip', '10.1.0.[1-3]']],
  ['a MAC too many', ['machine', 'add', 'x[1-2]', '--mac', '52:54:00:00:01:[01-03/hex]']],
  ['one BMC for two machines', ['machine', 'add', 'x[1-2]', '--power', 'ipmi://10.2.0.1']],
] as const) {
  test(`${sentence} is refused before anything is done`, async () => {
    const { exit, err } = await shell.coppice(words)
    assert.equal(exit, 2)
    assert.match(err, /CPC-CLI-003/)
    assert.deepEqual(orders(), [])
  })
}

test('an order is checked as a whole: one name that is taken, and nothing is added', async () => {
  const { exit, err } = await shell.coppice(['machine', 'add', 'n[002-005]'])
  assert.equal(exit, 5)
  assert.match(err, /CPC-DIR-002\]\nwhere: n002\nwhy: {3}there is one of this name\ndo:/)
  assert.deepEqual(orders(), [])
})

test('partly done is exit 6; each failure is told once with all its names, and the rest is done', async () => {
  const { exit, err } = await shell.coppice(['machine', 'add', 'bad[1-2],x[1-2]'])
  assert.equal(exit, 6)
  assert.match(err, /^added x\[1-2\]$/m)
  assert.match(err, /for each of 2 \[CPC-LDAP-005\]\nwhere: bad\[1-2\]\nwhy: {3}no\ndo: {4}ask/)
  assert.match(err, /error: 2 of 4 could not be done \[CPC-CLI-006\]\nwhere: bad\[1-2\]/)
  assert.ok(core.machines.has('x2'))
})

test('an order for thousands is one request, and tells how far it is', async () => {
  core.machines.clear()
  await using watched = await shellOn(core.services, { ...apiLimits, orderProgressMs: 0 })
  const { exit, err } = await watched.coppice(['machine', 'add', 'n[1-3000]'])
  assert.equal(exit, 0)
  assert.equal(core.machines.size, 3000)
  const [first = '', ...others] = err.split('\n')
  assert.match(first, /^adding +\[\.+\] 0 %, 0 of 3000$/)
  assert.deepEqual(others, ['added n[1-3000]'])
})

test('when all fail alike, the exit status is theirs', async () => {
  assert.equal((await shell.coppice(['machine', 'add', 'n[001-003]'])).exit, 5)
  assert.equal((await shell.coppice(['machine', 'remove', 'x[1-3]'])).exit, 3)
})

test('a single failure is four lines and nothing else', async () => {
  const { exit, err, out } = await shell.coppice(['machine', 'show', 'x1'])
  assert.equal(exit, 3)
  assert.equal(out, '')
  assert.deepEqual(
    err.split('\n').map((line) => line.slice(0, 7)),
    ['error: ', 'where: ', 'why:   ', 'do:    '],
  )
})

test('a table has a head, which --no-headers leaves out', async () => {
  const { out } = await shell.coppice(['machine', 'list'])
  assert.match(out, /^NAME +ROLE +STATE +ADDRESS +MACS +TAGS/)
  assert.equal(out.split('\n').length, 4)
  const bare = await shell.coppice(['machine', 'list', '--no-headers'])
  assert.match(bare.out, /^n001 +other +described/)
})

test('-o json prints exactly the views of the API, as one array; also before the words', async () => {
  for (const words of [
    ['machine', 'list', '-o', 'json'],
    ['-o', 'json', 'machine', 'list'],
  ]) {
    const { out } = await shell.coppice(words)
    assert.deepEqual(JSON.parse(out), core.services.machines.list())
  }
  const empty = await shell.coppice(['network', 'list', '-o', 'json'])
  assert.equal(empty.out, '[]')
})

test('-o jsonl is a document for each line, -o name a name, -o yaml the same in YAML', async () => {
  const jsonl = await shell.coppice(['machine', 'list', '-o', 'jsonl'])
  assert.equal(jsonl.out.split('\n').length, 3)
  const names = await shell.coppice(['machine', 'list', '-o', 'name'])
  assert.equal(names.out, 'n001\nn002\nn003')
  const yaml = await shell.coppice(['machine', 'show', 'n001', '-o', 'yaml'])
  assert.match(yaml.out, /^name: n001$/m)
})

for (const [words, stdin, named] of [
  [['@rack3'], '', 'n001\nn002'],
  [['n[001-003],!n002'], '', 'n001\nn003'],
  [['n001', 'n003'], '', 'n001\nn003'],
  [['-'], 'n002\nn[003-003]\n', 'n002\nn003'],
  [['@rack3!n001'], '', 'n002'],
] as const) {
  test(`${words.join(' ')} names ${named.replace('\n', ' and ')}`, async () => {
    const { out } = await shell.coppice(['machine', 'list', ...words, '-o', 'name'], { stdin })
    assert.equal(out, named)
  })
}

for (const [words, stdin, why] of [
  [['n[1-'], '', /never closed/],
  [['@nobody'], '', /nothing carries the tag nobody/],
  [['n[1-999999999]'], '', /at most 1000000/],
  [['n001,!n001'], '', /nothing is left/],
  [['-'], ' \n', /standard input holds no name/],
] as const) {
  test(`the names ${words.join(' ')} are refused with the place and the reason`, async () => {
    const { exit, err } = await shell.coppice(['machine', 'remove', ...words], { stdin })
    assert.equal(exit, 2)
    assert.match(err, why)
    assert.deepEqual(orders(), [])
  })
}

test('removing asks a person, and does nothing without a yes', async () => {
  const refused = await shell.coppice(['machine', 'remove', 'n001'], { answer: '' })
  assert.equal(refused.exit, 4)
  assert.deepEqual(orders(), [])
  const agreed = await shell.coppice(['machine', 'remove', 'n001'], { answer: 'y' })
  assert.equal(agreed.exit, 0)
  const unasked = await shell.coppice(['machine', 'remove', 'n002', '--yes'], { answer: 'n' })
  assert.equal(unasked.exit, 0)
  const script = await shell.coppice(['machine', 'remove', 'n003'])
  assert.equal(script.exit, 0)
  assert.equal(core.machines.size, 0)
})

for (const words of [
  ['boot', 'n001', '--next', 'disk'],
  ['power', 'off', 'n001'],
]) {
  test(`machine ${words[0]} --dry-run tells what it would do, and does nothing`, async () => {
    const { exit, out, err } = await shell.coppice(['machine', ...words, '--dry-run'])
    assert.equal(exit, 0)
    assert.match(out + err, /^would /)
    assert.deepEqual(orders(), [])
  })
}

for (const words of [
  ['machine', 'add', 'x1', '--role', 'host'],
  ['machine', 'set', 'n001', '--role', 'host'],
  ['machine', 'remove', 'n001'],
  ['network', 'add', 'prov', '--subnet', '10.1.0.0/16'],
  ['network', 'set', 'prov', '--gateway', '10.1.0.254'],
  ['network', 'remove', 'prov'],
]) {
  test(`${words[0]} ${words[1]} --dry-run prints LDIF alone, and does nothing`, async () => {
    const { exit, out, err } = await shell.coppice([...words, '--dry-run'])
    assert.deepEqual([exit, err], [0, ''])
    assert.match(out, /^version: 1(\n|$)/)
    assert.deepEqual(orders(), [])
  })
}

test('set changes what is named, takes away what is unset, and hands the secret over as it is in the file', async () => {
  const file = join(folder, 'bmc.secret')
  writeFileSync(file, 'admin:pa ss\n')
  const { exit, out, err } = await shell.coppice([
    'machine',
    'set',
    'n001',
    '--role',
    'host',
    '--unset',
    'port',
    '--unset',
    'tag',
    '--power-secret-file',
    file,
  ])
  assert.equal(exit, 0)
  assert.deepEqual(core.orders[0]?.given, {
    role: 'host',
    port: null,
    tags: null,
    powerSecret: 'admin:pa ss',
  })
  assert.doesNotMatch(out + err, /pa ss/, 'HOSTILE 66: the secret is never printed')
})

test('set --unset of something else is a mistake that names what there is', async () => {
  const { exit, err } = await shell.coppice(['machine', 'set', 'n001', '--unset', 'soul'])
  assert.equal(exit, 2)
  assert.match(err, /boot-parameter/)
})

test('power status folds those that are alike, and lists each for programs', async () => {
  const table = await shell.coppice(['machine', 'power', 'status', 'n[001-003]'])
  assert.match(table.out, /^n\[001-003\] +on$/m)
  const json = await shell.coppice(['machine', 'power', 'status', '@rack3', '-o', 'json'])
  const seen: unknown = JSON.parse(json.out)
  assert.ok(Array.isArray(seen))
  assert.equal(seen.length, 2)
})

test('a list for names that are not there is no short list, but exit 3 with those names', async () => {
  const { exit, out, err } = await shell.coppice(['machine', 'list', 'n[001-005]'])
  assert.deepEqual([exit, out], [3, ''])
  assert.match(err, /CPC-CLI-012\]\nwhere: n\[004-005\]/)
})

test('what programs get of an order for many stands in the order of the names', async () => {
  core.machines.clear()
  const { out } = await shell.coppice([
    'machine',
    'add',
    'z[1-9],a[1-9]',
    '--ip',
    '10.1.0.[1-18]',
    '-o',
    'name',
  ])
  const wanted = Array.from({ length: 9 }, (_, at) => `z${at + 1}`)
  assert.deepEqual(out.split('\n').slice(0, 9), wanted)
})

test('power on, off and cycle switch each machine once', async () => {
  for (const action of ['on', 'off', 'cycle']) {
    core.orders.length = 0
    const { exit } = await shell.coppice(['machine', 'power', action, 'n[001-003]'])
    assert.equal(exit, 0)
    assert.deepEqual(
      orders(),
      ['n001', 'n002', 'n003'].map((name) => `power ${action} ${name}`),
    )
  }
  assert.equal((await shell.coppice(['machine', 'power', 'explode', 'n001'])).exit, 2)
})

test('machines are taken for off when somebody says that he looked, and not before', async () => {
  const words = ['machine', 'confirm-off', 'n[001-002]']
  const asked = await shell.coppice(words)
  assert.equal(asked.exit, 2)
  assert.match(asked.err, /--i-looked/)
  const tried = await shell.coppice([...words, '--i-looked', '--dry-run'])
  assert.match(tried.out + tried.err, /^would take for off: n001 n002/)
  assert.deepEqual(orders(), [])
  assert.equal((await shell.coppice([...words, '--i-looked'])).exit, 0)
  assert.deepEqual(orders(), ['confirm-off n001', 'confirm-off n002'])
})

test('a timeline shows phases, then the failure, its reason and the last things seen', async () => {
  const { out } = await shell.coppice(['machine', 'timeline', 'n001'])
  assert.match(out, /^n001: boot 1, failed$/m)
  assert.match(out, /^lease +2026-01-31T12:00:02\.500Z +\+2\.5 s +10\.1\.0\.1$/m)
  assert.match(out, /^failed at loader, .*: nothing heard for 60 s\n {2}DISCOVER from/m)
  const json = await shell.coppice(['machine', 'timeline', 'n001', '-o', 'json'])
  assert.deepEqual(JSON.parse(json.out), core.services.machines.timeline('n001'))
})

test('adopting gives a waiting machine its name; a doubtful one is confirmed under its own', async () => {
  await shell.coppice(['machine', 'adopt', '52:54:00:cc:00:99', '--name', 'n007'])
  await shell.coppice(['machine', 'adopt', '52:54:00:CC:00:31'])
  assert.deepEqual(orders(), ['adopt 52:54:00:CC:00:31 n031', 'adopt 52:54:00:cc:00:99 n007'])
})

test('what others wrote into the directory cannot steer the terminal', async () => {
  core.machines.set('evil', machine('evil', { reason: '\u001b]0;owned\u0007\u202e\r\nn999 ok' }))
  const { out } = await shell.coppice(['machine', 'list', 'evil', '--no-headers'])
  assert.equal(out.split('\n').length, 1)
  assert.doesNotMatch(out, /[\p{Cc}\p{Cf}]/u)
  assert.match(out, /\\x1b\]0;owned/)
})

test('--watch shows it again until it is stopped', async () => {
  const stop = new AbortController()
  let shown = 0
  const { exit } = await shell.coppice(['machine', 'list', '--watch', '-o', 'json'], {
    stop: stop.signal,
    onOut: () => {
      shown += 1
      stop.abort()
    },
  })
  assert.equal(exit, 0)
  assert.equal(shown, 1)
})
