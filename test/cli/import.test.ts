// Why this file exists: an import shows what it makes of files before anything is written, and an export is a stream; both
// are tried as their users run them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { ImportRequest, ImportView, Services } from '#api'
import { Fault } from '#fault'
import { fakeCore } from '../api/fake-services.ts'
import { type Ran, shellOn, type Surroundings } from './terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpc-import-'))
after(() => rmSync(folder, { recursive: true }))
const csv = join(folder, 'a.csv')
const other = join(folder, 'b.csv')
writeFileSync(csv, 'name,mac\nn1,52:54:00:00:00:01\n')
writeFileSync(other, 'ü')

const empty: ImportView = {
  format: 'csv',
  understood: ['rows: 2'],
  leftOut: [],
  already: [],
  conflicts: [],
  networks: [],
  machines: [],
  done: [],
  failed: [],
}
const trouble = {
  code: 'CPC-LDAP-005',
  what: 'it was refused',
  where: 'cn=n2',
  why: 'no',
  do: 'ask',
}

/** One command line, and what the appliance was asked. */
async function ran(
  words: readonly string[],
  view: Partial<ImportView> | Fault = {},
  around: Surroundings = {},
): Promise<Ran & { readonly asked: readonly ImportRequest[] }> {
  const asked: ImportRequest[] = []
  const imports: Services['imports'] = {
    run: (request) => {
      asked.push(request)
      if (view instanceof Fault) return Promise.reject(view)
      const whole = { ...empty, ...view }
      const dry = { ...whole, done: [], failed: [], ldif: 'version: 1\n' }
      return Promise.resolve(request.dryRun === true ? dry : whole)
    },
  }
  await using shell = await shellOn({ ...fakeCore().services, imports })
  return { ...(await shell.coppice(['import', ...words], around)), asked }
}

test('--dry-run prints LDIF and nothing else, and tells the report beside it', async () => {
  const leftOut = Array.from({ length: 3 }, (_, at) => ({
    where: `a.csv:${at + 1}:5`,
    what: 'the column rack',
    why: 'nobody here knows what it means',
  }))
  const { exit, out, err, asked } = await ran([csv, '--dry-run'], {
    leftOut,
    machines: ['n1', 'n2'],
  })
  assert.deepEqual([exit, out], [0, 'version: 1'])
  assert.deepEqual(err.split('\n'), [
    'read as csv',
    'understood:',
    '  rows: 2',
    'left out:',
    '  a.csv:1:5 and 2 more: the column rack: nobody here knows what it means',
    'new: 2 machines: n[1-2]',
  ])
  assert.deepEqual(asked, [
    { files: [{ name: csv, text: 'name,mac\nn1,52:54:00:00:00:01\n' }], dryRun: true },
  ])
})

test('without --yes it shows first, asks, and writes only after a yes', async () => {
  const view = { machines: ['n1'], networks: ['prov'], done: ['prov', 'n1'] }
  const yes = await ran(['csv', csv], view, { answer: 'y' })
  assert.equal(yes.exit, 0)
  assert.deepEqual(
    yes.asked.map(({ dryRun }) => dryRun),
    [true, undefined],
  )
  assert.match(yes.err, /new: 1 network and 1 machine: n1,prov\n.*added n1,prov/s)
  const no = await ran(['csv', csv], view, { answer: 'n' })
  assert.deepEqual(
    no.asked.map(({ dryRun }) => dryRun),
    [true],
  )
  assert.notEqual(no.exit, 0)
  const nobody = await ran(['csv', csv], view)
  assert.match(nobody.err, /nobody is at the terminal/)
  assert.equal(nobody.asked.length, 1)
})

test('where nothing is new nobody is asked, and it says so', async () => {
  const { exit, err, asked } = await ran([csv], { already: ['n1', 'n2'] })
  assert.equal(exit, 0)
  assert.equal(asked.length, 1)
  assert.match(err, /there already: n\[1-2\]\nnew: nothing\nnothing to add: 0 changes/)
})

test('what could not be added is told one by one, with exit 6 when the rest is there', async () => {
  const view = {
    machines: ['n1', 'n2'],
    done: ['n1'],
    failed: [{ name: 'n2', trouble }],
    conflicts: [{ where: 'a.csv:4:1', what: 'n3', why: 'its MAC belongs to n9' }],
  }
  const { exit, err } = await ran([csv, '--yes'], view)
  assert.equal(exit, 6)
  assert.match(err, /error: n2: it was refused \[CPC-LDAP-005\]/)
  assert.match(err, /error: 2 could not be added \[CPC-IMP-004\]\nwhere: n\[2-3\]/)
  assert.match(
    err,
    /there otherwise, and left as it is:\n {2}a\.csv:4:1: n3: its MAC belongs to n9/,
  )
  const none = await ran([csv, '--yes'], { conflicts: view.conflicts })
  assert.equal(none.exit, 5)
  const lost = await ran([csv, '--yes'], { failed: view.failed, machines: ['n2'] })
  assert.equal(lost.exit, 1)
})

for (const [sentence, words, expected] of [
  [
    'a first word that is a format is one, if files follow',
    ['ISC', csv],
    { format: 'ISC', files: [csv] },
  ],
  [
    '--format leaves all words to be files',
    ['--format', 'kea', csv, other],
    { format: 'kea', files: [csv, other] },
  ],
  ['without either the content decides', [csv, other], { format: undefined, files: [csv, other] }],
] as const) {
  test(`import: ${sentence}`, async () => {
    const { asked } = await ran([...words, '--dry-run'])
    const [request] = asked
    assert.deepEqual(
      { format: request?.format, files: request?.files.map(({ name }) => name) },
      expected,
    )
  })
}

test('domains, a role and standard input go along', async () => {
  const words = [
    'hosts',
    '-',
    '--domain',
    'a.example',
    '--domain',
    'b.example',
    '--role',
    'host',
    '--yes',
  ]
  const { asked } = await ran(words, {}, { stdin: '10.0.0.1 a' })
  assert.deepEqual(asked, [
    {
      format: 'hosts',
      files: [{ name: 'standard-input', text: '10.0.0.1 a' }],
      domains: ['a.example', 'b.example'],
      role: 'host',
    },
  ])
})

test('a file that is not there, a folder, and files that the appliance refuses are told in four lines', async () => {
  for (const name of [join(folder, 'none'), folder]) {
    const { exit, err, asked } = await ran(['csv', name])
    assert.equal(asked.length, 0)
    assert.notEqual(exit, 0)
    assert.match(err, /CPC-CLI-007/)
  }
  const fault = new Fault('CPC-IMP-002', { what: 'w', where: 'a.csv:3:1', why: 'y', todo: 't' })
  const { exit, err } = await ran([csv, '--yes'], fault)
  assert.equal(exit, 2)
  assert.match(err, /where: a\.csv:3:1/)
})

test('programs get the whole report as one document, and names one a line', async () => {
  const json = await ran([csv, '--yes', '-o', 'json', '--quiet'], {
    machines: ['n1'],
    done: ['n1'],
  })
  assert.deepEqual(JSON.parse(json.out), { ...empty, machines: ['n1'], done: ['n1'] })
  assert.equal(json.err, '')
  const names = await ran([csv, '--yes', '-o', 'name', '--quiet'], {
    networks: ['prov'],
    machines: ['n1'],
  })
  assert.equal(names.out, 'prov\nn1')
})

test('an export is passed on as it comes, with its zone', async () => {
  await using shell = await shellOn(fakeCore().services)
  const hosts = await shell.coppice(['directory', 'export', 'hosts'])
  assert.deepEqual([hosts.exit, hosts.out], [0, '# hosts \nn001\n'])
  const zone = await shell.coppice(['directory', 'export', 'zone', '--zone', '1.10.in-addr.arpa'])
  assert.match(zone.out, /^# zone 1\.10\.in-addr\.arpa\n/)
  const unknown = await shell.coppice(['directory', 'export', 'leases'])
  assert.deepEqual([unknown.exit, unknown.out], [2, ''])
})

test('an export that breaks off is told, so that no script takes it for whole', async () => {
  function* half(): Generator<string> {
    yield '# hosts\n'
    throw new Error('nobody foresaw this')
  }
  await using shell = await shellOn({ ...fakeCore().services, exports: { file: half } })
  const { exit, err } = await shell.coppice(['directory', 'export', 'hosts'])
  assert.equal(exit, 8)
  assert.match(err, /the connection broke/)
})
