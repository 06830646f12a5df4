// Why this file exists: the walls between rooms, first lines, error codes and file names are style that no linter
// knows, so they are a test.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { faultCodes } from '#fault'

const root = join(import.meta.dirname, '..')

/** What a room may import of ours. `fault` and `directory` are open to every edge; pure rooms list less. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  access: ['directory', 'fault'],
  api: ['access', 'directory', 'fault', 'feed', 'host', 'power', 'trust'],
  asn1: [],
  'checked-file': [],
  cli: ['api', 'config', 'directory', 'exchange', 'fault', 'hpl', 'lab', 'recipe'],
  config: ['directory', 'fault', 'yaml'],
  directory: [],
  dns: ['directory', 'fault', 'feed'],
  exchange: ['directory', 'fault'],
  fault: [],
  feed: ['directory', 'fault'],
  host: ['directory', 'fault', 'feed', 'libvirt', 'trust'],
  hpl: ['directory', 'fault'],
  lab: ['fault'],
  'ldap-sync': ['asn1', 'checked-file', 'directory', 'fault'],
  libvirt: ['fault'],
  net: ['fault'],
  nfs: [],
  power: ['directory', 'fault'],
  pxe: ['directory', 'fault', 'feed'],
  recipe: ['fault'],
  store: ['directory', 'fault', 'feed'],
  trust: ['asn1', 'directory', 'fault'],
  vocluster: ['directory', 'fault', 'libvirt', 'yaml'],
  yaml: ['fault'],
}

/** The only files that know everybody. */
const compositionRoots = new Set(['main.ts', 'serve.ts', 'core.ts', 'wire.ts', 'tool.ts'])

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name)
    if (item.isDirectory())
      return item.name === 'vectors' || item.name === 'node_modules' ? [] : filesBelow(path)
    return path.endsWith('.ts') ? [path] : []
  })
}

const sources = filesBelow(join(root, 'src')).map((path) => ({
  path: relative(join(root, 'src'), path),
  text: readFileSync(path, 'utf8'),
}))

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}

/** Why an import is not allowed; `undefined` when it is. */
function breach(path: string, specifier: string): string | undefined {
  const room = path.split('/')[0] ?? ''
  if (specifier.startsWith('#')) {
    const other = specifier.slice(1)
    if (other === room) return `${path} enters its own room by its door`
    return mayImport[room]?.includes(other) ? undefined : `${path} imports ${specifier}`
  }
  if (!specifier.startsWith('.')) return undefined
  const target = join(dirname(path), specifier)
  return target.split('/')[0] === room ? undefined : `${path} reaches into ${target}`
}

test('a room imports another only by its door, and only the rooms that the picture allows', () => {
  const breaches = sources
    .filter(({ path }) => !compositionRoots.has(path) && !isPartOfRoot(path))
    .flatMap(({ path, text }) => importsOf(text).map((specifier) => breach(path, specifier)))
    .filter((line) => line !== undefined)
  assert.deepEqual(breaches, [])
})

/** A composition root may be a file beside a folder of its parts: core.ts and core/. */
function isPartOfRoot(path: string): boolean {
  return compositionRoots.has(`${path.split('/')[0]}.ts`)
}

test('pxe and vocluster never import each other', () => {
  assert.ok(!mayImport['pxe']?.includes('vocluster'))
  assert.ok(!mayImport['vocluster']?.includes('pxe'))
})

test('every room of the picture is a folder or is not there yet, and no folder is missing from it', () => {
  const folders = new Set(
    sources
      .map(({ path }) => path)
      .filter((path) => path.includes('/'))
      .map((path) => path.split('/')[0] ?? ''),
  )
  const unknown = [...folders].filter(
    (room) => mayImport[room] === undefined && !compositionRoots.has(`${room}.ts`),
  )
  assert.deepEqual(unknown, [])
})

test('line 1 of each file says why it exists', () => {
  const silent = [
    ...sources,
    ...filesBelow(join(root, 'test')).map((path) => ({
      path: relative(root, path),
      text: readFileSync(path, 'utf8'),
    })),
  ]
    .filter(({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text))
    .map(({ path }) => path)
  assert.deepEqual(silent, [])
})

test('no file has a name that says nothing', () => {
  const vague = sources.filter(({ path }) =>
    /(^|\/)(utils?|misc|common|helpers?|shared)(\.ts|\/)/.test(path),
  )
  assert.deepEqual(
    vague.map(({ path }) => path),
    [],
  )
})

test('each error code is explained once and used somewhere', () => {
  const code = sources
    .filter(({ path }) => !path.startsWith('fault/codes'))
    .map(({ text }) => text)
    .join('\n')
  const used = new Set([...code.matchAll(/'(CPC-[A-Z]+-\d{3})'/g)].map((match) => match[1] ?? ''))
  const explained: ReadonlySet<string> = new Set(faultCodes())
  assert.deepEqual(
    [...used].filter((one) => !explained.has(one)),
    [],
    'used, but not explained',
  )
  assert.deepEqual(
    [...explained].filter((one) => !used.has(one)),
    [],
    'explained, but never used',
  )
})

test('each error code stands in one table only', () => {
  const tables = sources.filter(({ path }) => path.startsWith('fault/codes/'))
  const all = tables.flatMap(({ text }) =>
    [...text.matchAll(/^ {2}'(CPC-[A-Z]+-\d{3})':/gm)].map((match) => match[1] ?? ''),
  )
  assert.deepEqual(all.toSorted(), [...new Set(all)].toSorted())
})

test('no source file is dead: each is reached from a door, a composition root or its room', () => {
  const reached = new Set<string>()
  for (const { path, text } of sources) {
    for (const specifier of importsOf(text))
      if (specifier.startsWith('.')) reached.add(join(dirname(path), specifier))
  }
  const dead = sources
    .map(({ path }) => path)
    .filter(
      (path) => !reached.has(path) && !path.endsWith('/index.ts') && !compositionRoots.has(path),
    )
    // A worker is started by its address, not imported.
    .filter(
      (path) =>
        !sources.some(
          ({ text }) => text.includes(`'./${path.split('/').at(-1)}'`) && text.includes('new URL('),
        ),
    )
  assert.deepEqual(dead, [])
})
