// Why this file exists: what needs no appliance: help, versions, errors explained, the first configuration, and what is
// handed on to other rooms.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readSettings } from '#config'
import { run } from './terminal.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpc-local-'))
})
after(() => rmSync(folder, { recursive: true }))

const nouns: Readonly<Record<string, readonly string[]>> = {
  machine: [
    'list',
    'show',
    'add',
    'set',
    'remove',
    'adopt',
    'waiting',
    'timeline',
    'power',
    'boot',
  ],
  network: ['list', 'show', 'add', 'remove'],
  lease: ['list', 'show', 'release'],
  token: ['list', 'add', 'revoke'],
  directory: ['status', 'accept', 'reject'],
  vo: ['list', 'show', 'add', 'set', 'remove'],
  image: ['push', 'list', 'show', 'verify', 'remove', 'build'],
  cluster: ['list', 'show', 'plan', 'apply', 'down', 'timeline'],
  vcn: ['list', 'show', 'console'],
  job: ['list', 'show', 'watch', 'cancel'],
  whatif: ['machine', 'entry', 'packet'],
  hpl: ['run', 'show', 'compare', 'history', 'size', 'parse'],
}
const alone = [
  'serve',
  'init',
  'status',
  'doctor',
  'lint',
  'explain',
  'whatif',
  'events',
  'explain-error',
  'completion',
  'version',
  'lab',
]
const commands = [
  ...Object.entries(nouns).flatMap(([noun, verbs]) => verbs.map((verb) => [noun, verb])),
  ...alone.map((verb) => [verb]),
]

for (const command of commands) {
  test(`coppice ${command.join(' ')} --help explains itself in a sentence or more, with its flags`, async () => {
    const { exit, out } = await run([...command, '--help'])
    assert.equal(exit, 0)
    assert.match(out, new RegExp(`^Usage: coppice ${command.join(' ')}`))
    assert.match(out, /\n\n[A-Z][^\n]{10,}/)
    assert.match(out, /--server <place>/)
  })
}

test('the program alone shows where to start, and every command', async () => {
  const { exit, out } = await run(['--help'])
  assert.equal(exit, 0)
  for (const word of [...Object.keys(nouns), ...alone])
    assert.match(out, new RegExp(`^ {2}${word}\\b`, 'm'))
})

for (const words of [[], ['machine']]) {
  test(`"${['coppice', ...words].join(' ')}" is no order: help on stderr, exit 2`, async () => {
    const { exit, out, err } = await run(words)
    assert.deepEqual([exit, out], [2, ''])
    assert.match(err, /^Usage: coppice/)
  })
}

for (const [words, why, todo] of [
  [['machien'], /unknown command 'machien'.*Did you mean machine/, 'coppice --help'],
  [['machine', 'lst'], /unknown command 'lst'.*Did you mean list/, 'coppice machine --help'],
  [
    ['machine', 'list', '--otput', 'json'],
    /unknown option '--otput'.*--output/,
    'coppice machine list --help',
  ],
  [
    ['machine', 'list', '-o', 'xml'],
    /'xml' is invalid.*table, json, jsonl, yaml, name/,
    'coppice machine list --help',
  ],
  [['machine', 'add'], /missing required argument 'names'/, 'coppice machine add --help'],
  [['network', 'show', 'a', 'b'], /too many arguments/, 'coppice network show --help'],
] as const) {
  test(`"coppice ${words.join(' ')}" is a usage error that says what was meant`, async () => {
    const { exit, err } = await run(words)
    assert.equal(exit, 2)
    assert.match(err, why)
    assert.ok(err.endsWith(`do:    look at: ${todo}`), err)
    assert.equal(err.split('\n').length, 4)
  })
}

test('version is told for people and for programs', async () => {
  assert.equal((await run(['version'])).out, 'coppice 1.2.3')
  assert.equal((await run(['--version'])).out, 'coppice 1.2.3')
  assert.match((await run(['version', '-o', 'json'])).out, /^\{"version":"1\.2\.3"/)
})

test('an error code is explained in any case, and an unknown one is not found', async () => {
  const { exit, out } = await run(['explain-error', 'cpc-cli-002'])
  assert.equal(exit, 0)
  assert.match(out, /^CPC-CLI-002: The appliance cannot be reached\n\nNothing answers/)
  assert.equal((await run(['explain-error', 'CPC-NONE-999'])).exit, 3)
  assert.match((await run(['explain-error'])).out, /^CPC-API-001 /m)
})

test('init writes a configuration that is accepted, and never over another', async () => {
  const file = join(folder, 'coppice.yaml')
  const words = ['init', '--domain', 'cluster.test', '--interface', 'prov0', '--file', file]
  assert.equal((await run(words)).exit, 0)
  const text = readFileSync(file, 'utf8')
  assert.equal(readSettings(text, file, folder).ok, true)
  const again = await run(words)
  assert.equal(again.exit, 5)
  assert.match(again.err, /CPC-CLI-008/)
  assert.equal(readFileSync(file, 'utf8'), text)
})

test('init asks what no flag says, and is a usage error where nobody can be asked', async () => {
  const file = join(folder, 'asked.yaml')
  const asked = await run(['init', '--interface', 'prov0', '--file', file], { answer: 'site.test' })
  assert.equal(asked.exit, 0)
  assert.match(readFileSync(file, 'utf8'), /^domain: site\.test$/m)
  const alone_ = await run(['init', '--file', join(folder, 'none.yaml')])
  assert.equal(alone_.exit, 2)
  assert.match(alone_.err, /where: --domain/)
})

test('init for a directory of another server refuses what serve would refuse', async () => {
  const base = [
    'init',
    '--domain',
    'c.test',
    '--interface',
    'p0',
    '--file',
    join(folder, 'ldap.yaml'),
  ]
  const half = await run([...base, '--ldap-url', 'ldaps://ldap.example:636'])
  assert.equal(half.exit, 2)
  const clear = await run([
    ...base,
    '--ldap-url',
    'ldap://ldap.example',
    '--ldap-base',
    'dc=c,dc=test',
    '--bind-dn',
    'cn=x',
    '--secret-file',
    '/s',
  ])
  assert.equal(clear.exit, 4)
  assert.match(clear.err, /CPC-CFG-006/)
})

test('serve, lab and image build are handed on with their flags', async () => {
  const asked: unknown[] = []
  const local = {
    serve: (place: unknown) => Promise.resolve(void asked.push(place)),
    lab: (verb: string, flags: { readonly machines?: string | number }) => {
      asked.push([verb, flags.machines])
      return Promise.resolve(7)
    },
  }
  await run(['serve', '--config', 'a.yaml', '--data', '/d'], { local })
  await run(['serve'], { local })
  const lab = await run(['lab', 'test', '--machines', '4'], { local })
  await run(['lab'], { local })
  assert.equal(lab.exit, 7)
  assert.deepEqual(asked, [
    { configPath: 'a.yaml', dataDir: '/d' },
    { configPath: 'coppice.yaml', dataDir: '/var/lib/coppice' },
    ['test', '4'],
    ['up', undefined],
  ])
  assert.equal((await run(['lab', 'sideways'], { local })).exit, 2)
})

test('image build prints one JSON document with the folder of the image', async () => {
  const { exit, out } = await run(['image', 'build', 'kvm-host', '--cache', '/c', '-o', 'json'])
  assert.equal(exit, 0)
  assert.equal(out.split('\n').length, 1)
  assert.match(out, /^\{"directory":"\/c\/images\/abc",/)
})

test('the completion script is made of the commands, and bash takes it', async () => {
  const { out } = await run(['completion', 'bash'])
  const script = join(folder, 'completion.bash')
  writeFileSync(
    script,
    `${out}\nCOMP_WORDS=(coppice machine po)\nCOMP_CWORD=2\n_coppice\necho "\${COMPREPLY[@]}"\nCOMP_WORDS=(coppice machine add x --po)\nCOMP_CWORD=4\n_coppice\necho "\${COMPREPLY[@]}"\nCOMP_WORDS=(coppice cluster apply x --pl)\nCOMP_CWORD=4\n_coppice\necho "\${COMPREPLY[@]}"\n`,
  )
  assert.equal(
    execFileSync('bash', [script], { encoding: 'utf8' }),
    'power\n--port --power\n--plan\n',
  )
  assert.equal((await run(['completion', 'fish'])).exit, 2)
})
