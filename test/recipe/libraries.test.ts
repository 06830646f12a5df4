// Why this file exists: what lies beside a program is decided over a tree that is a value, so every oddity of
// Debian's folders can be laid in front of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatherPrograms } from '../../src/recipe/libraries.ts'
import { followPath, type Item, matchPaths, mergedPath } from '../../src/recipe/tree.ts'
import { tinyElf, type TinyElf } from './tiny-elf.ts'

const folder = '/usr/lib/x86_64-linux-gnu'
const loader = '/lib64/ld-linux-x86-64.so.2'

function treeOf(files: Readonly<Record<string, TinyElf | string>>): {
  tree: ReadonlyMap<string, Item>
  read: (path: string) => Uint8Array
} {
  const items = Object.entries(files).map(([path, what]): [string, Item] => [
    path,
    typeof what === 'string' ? { kind: 'link', target: what } : { kind: 'file', source: path },
  ])
  const read = (path: string): Uint8Array => {
    const what = files[path]
    return typeof what === 'object' ? tinyElf(what) : Buffer.alloc(0)
  }
  return { tree: new Map(items), read }
}

test('a program brings its loader, its libraries, theirs, and every link on the way', () => {
  const { tree, read } = treeOf({
    '/usr/bin/prog': { needed: ['liba.so.1'], interpreter: loader },
    [`${folder}/liba.so.1`]: 'liba.so.1.2',
    [`${folder}/liba.so.1.2`]: { needed: ['libb.so'], runPath: '$ORIGIN/private' },
    [`${folder}/private/libb.so`]: {},
    [mergedPath(loader)]: `/lib/x86_64-linux-gnu/ld.so`,
    [`${folder}/ld.so`]: {},
    '/usr/bin/other': {},
  })
  const { paths, missing } = gatherPrograms(tree, ['/bin/prog'], read)
  assert.deepEqual(missing, [])
  assert.deepEqual([...paths].toSorted(), [
    '/usr/bin/prog',
    `${folder}/ld.so`,
    `${folder}/liba.so.1`,
    `${folder}/liba.so.1.2`,
    `${folder}/private/libb.so`,
    '/usr/lib64/ld-linux-x86-64.so.2',
  ])
})

test('a library that is nowhere is reported with the file that needs it', () => {
  const { tree, read } = treeOf({ '/usr/bin/prog': { needed: ['libgone.so.3'] } })
  assert.deepEqual(gatherPrograms(tree, ['/usr/bin/prog', '/usr/bin/absent'], read).missing, [
    { what: '/usr/bin/absent', neededBy: 'the recipe' },
    { what: 'libgone.so.3', neededBy: '/usr/bin/prog' },
  ])
})

test('libraries that need each other do not keep the search going', () => {
  const { tree, read } = treeOf({
    [`${folder}/a.so`]: { needed: ['b.so'] },
    [`${folder}/b.so`]: { needed: ['a.so'] },
  })
  assert.equal(gatherPrograms(tree, [`${folder}/a.so`], read).paths.size, 2)
})

test('links that lead in a circle lead nowhere', () => {
  const { tree } = treeOf({ '/usr/bin/a': 'b', '/usr/bin/b': 'a' })
  assert.equal(followPath(tree, '/usr/bin/a'), undefined)
})

for (const [pattern, found] of [
  ['/usr/share/x/*', ['/usr/share/x/a.rom', '/usr/share/x/b.bin']],
  ['/usr/share/x/*.rom', ['/usr/share/x/a.rom']],
  ['/usr/share/x/a.rom', ['/usr/share/x/a.rom']],
  ['/usr/share/*', []],
  ['/usr/share/x/a?rom', []],
] as const) {
  test(`the pattern ${pattern} matches within one folder, and only * is special`, () => {
    const { tree } = treeOf({
      '/usr/share/x/a.rom': {},
      '/usr/share/x/b.bin': {},
      '/usr/share/x/deep/c.rom': {},
    })
    assert.deepEqual(matchPaths(tree, pattern), found)
  })
}

for (const [before, after] of [
  ['/lib/modules/6.1/x.ko', '/usr/lib/modules/6.1/x.ko'],
  ['/lib64/ld.so', '/usr/lib64/ld.so'],
  ['/sbin', '/usr/sbin'],
  ['/libexec/x', '/libexec/x'],
  ['/etc/lib/x', '/etc/lib/x'],
] as const) {
  test(`${before} lies at ${after} once /usr is merged`, () => {
    assert.equal(mergedPath(before), after)
  })
}
