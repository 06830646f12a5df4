// Why this file exists: whatever sort of file a person writes, each mistake is told at its place, and no text, however
// odd, does more than be refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  fieldsOf,
  type FileKind,
  itemsOf,
  type Migration,
  pairsOf,
  read,
  readFile,
  readList,
  textKind,
  trueOrFalse,
  wholeNumber,
} from '#yaml'
import fc from 'fast-check'

const kind: FileKind = {
  what: 'the menu',
  todoIfOther: 'name a menu',
  todoIfNewer: (newest) => `write it as version ${newest}`,
  codes: {
    notYaml: 'CPC-CFG-001',
    unknownKey: 'CPC-CFG-002',
    missing: 'CPC-CFG-003',
    wrong: 'CPC-CFG-004',
    newer: 'CPC-CFG-005',
  },
}
const dish = textKind((text) => (text === '' ? undefined : text), 'the name of a dish')

function readMenu(text: string, migrations: readonly Migration[] = []) {
  return readFile(text, 'menu.yaml', {
    kind,
    migrations,
    readRoot: (reading, root) => {
      const fields = fieldsOf(reading, root, ['version', 'guests', 'warm', 'dishes', 'prices'])
      return {
        guests: read(reading, fields('guests'), wholeNumber(1, 9)),
        warm: read(reading, fields('warm'), trueOrFalse),
        dishes: readList(reading, fields('dishes'), dish),
        priced: pairsOf(reading, fields('prices')).map(({ key }) => key),
        first: itemsOf(reading, fields('dishes'), 3)?.length,
      }
    },
  })
}

test('what is written well is read', () => {
  assert.deepEqual(readMenu('guests: 2\nwarm: true\ndishes: [soup, fish]\nprices: { soup: 3 }'), {
    ok: true,
    value: { guests: 2, warm: true, dishes: ['soup', 'fish'], priced: ['soup'], first: 2 },
  })
})

for (const [sentence, text, told] of [
  [
    'all mistakes are told, in the order of the file',
    'warm: maybe\nguests: 10\ndishs: []',
    [
      '1:7 CPC-CFG-004 warm must be true or false',
      '2:9 CPC-CFG-004 guests must be a whole number from 1 to 9',
      '3:1 CPC-CFG-002 there is no key "dishs"; the nearest is "dishes"',
    ],
  ],
  [
    'an item of a list is told at its place',
    'dishes: [soup, 3]',
    ['1:16 CPC-CFG-004 dishes[1] must be the name of a dish'],
  ],
  [
    'a merge key merges nothing',
    'a: &a { guests: 2 }\nprices: { <<: *a }',
    [
      '1:1 CPC-CFG-002 there is no key "a"; the nearest is "warm"',
      '2:11 CPC-CFG-004 prices must be a mapping whose keys are plain words',
    ],
  ],
  [
    'a newer version is not guessed at',
    'version: 3\nnew: thing',
    ['1:10 CPC-CFG-005 version 3 was written for a newer Coppice; this one knows up to 1'],
  ],
  [
    'a list that is longer than it may be',
    'dishes: [a, b, c, d]',
    ['1:9 CPC-CFG-004 dishes must be a list of 3 at most'],
  ],
] as const) {
  test(sentence, () => {
    const menu = readMenu(text)
    assert.ok(!menu.ok)
    const lines = menu.problems.map(({ code, text: { what, where, why } }) => {
      assert.equal(what, 'the menu cannot be used')
      return `${where.replace('menu.yaml:', '')} ${code} ${why}`
    })
    assert.deepEqual(lines, told)
  })
}

test('an older file is brought up to date, step by step, and then read as one of today', () => {
  const steps: readonly Migration[] = [
    { what: 'people are guests', change: (menu) => menu.set('guests', menu.get('people')) },
    { what: 'people are gone', change: (menu) => void menu.delete('people') },
  ]
  const menu = readMenu('version: 1\npeople: 4\n', steps)
  assert.equal(menu.ok && menu.value.guests, 4)
  assert.equal(readMenu('version: 3\nguests: 4\n', steps).ok, true)
})

test('a file that is far too long is refused unread', () => {
  const menu = readMenu('x'.repeat(1024 * 1024 + 1))
  assert.match(menu.ok ? '' : (menu.problems[0]?.text.why ?? ''), /more than 1048576 characters/)
})

test('no text does more than be refused', () => {
  const word = fc.constantFrom(
    'version: ',
    'guests: ',
    'dishes',
    ': ',
    '[',
    '{',
    '- ',
    '\n',
    '&a ',
    '*a',
    '!!x ',
    '3',
    '<<',
    '"',
    '\t',
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(word, fc.string({ unit: 'binary' })), { maxLength: 12 }),
      (words) => {
        const menu = readMenu(words.join(''))
        if (!menu.ok) assert.ok(menu.problems.length > 0)
      },
    ),
  )
})
