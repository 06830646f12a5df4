// Why this file exists: node sets are typed by people and by scripts; ClusterShell's cases say what they mean.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  countNodeSet,
  expandList,
  expandNodeSet,
  foldNodeSet,
  type NodeSetResult,
  parseNodeSet,
} from '#directory'
import fc from 'fast-check'
import { z } from 'zod'

const vectors = z
  .object({
    good: z.array(z.tuple([z.string(), z.string(), z.number()])),
    bad: z.array(z.string()),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../vectors/nodeset/clustershell.json', import.meta.url), 'utf8'),
    ),
  )

const racks: ReadonlyMap<string, readonly string[]> = new Map([
  ['rack1', ['n1', 'n2']],
  ['rack2', ['n2', 'n3']],
])

function sure<T>(result: NodeSetResult<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.refusal.why)
  return result.value
}

function expand(text: string): readonly string[] {
  return sure(expandNodeSet(sure(parseNodeSet(text)), (tag) => racks.get(tag)))
}

test('the vectors are all there', () => {
  assert.equal(vectors.good.length, 22)
  assert.equal(vectors.bad.length, 37)
})

for (const [text, folded, count] of vectors.good) {
  test(`ClusterShell: ${text} folds to ${folded} and counts ${count}`, () => {
    assert.equal(sure(countNodeSet(sure(parseNodeSet(text)))), count)
    assert.equal(foldNodeSet(expand(text)), folded)
  })
}

for (const text of vectors.bad) {
  test(`ClusterShell: ${text.slice(0, 40)} is refused with the place`, () => {
    const result = parseNodeSet(text)
    assert.ok(!result.ok)
    assert.ok(result.refusal.position >= 0 && result.refusal.position <= text.length)
    assert.notEqual(result.refusal.why, '')
  })
}

for (const [text, position] of [
  ['n[1-9', 1],
  ['n[1-4],m[3-a]', 9],
  ['n[1-4],m[7,3-1]', 11],
  ['n[1-3],,m', 7],
  ['good, ba]d', 8],
  ['@', 1],
] as const) {
  test(`${text} is refused at ${position}`, () => {
    const result = parseNodeSet(text)
    assert.equal(result.ok ? undefined : result.refusal.position, position)
  })
}

for (const [text, names] of [
  ['n[1-4],!n2', ['n1', 'n3', 'n4']],
  ['n[1-4]!n2', ['n1', 'n3', 'n4']],
  ['n[1-4]&n[3-9]', ['n3', 'n4']],
  ['n[1-3]^n[3-4]', ['n1', 'n2', 'n4']],
  ['n[1-4]!n[1-2],n1', ['n3', 'n4', 'n1']],
  ['n[3,1],n3', ['n3', 'n1']],
  ['n[1-9/4]', ['n1', 'n5', 'n9']],
  ['@rack1', ['n1', 'n2']],
  ['@rack[1-2]', ['n1', 'n2', 'n3']],
  ['@rack1&@rack2', ['n2']],
  ['m[0a-0c/hex]', ['m0a', 'm0b', 'm0c']],
  ['n[098-101]', ['n098', 'n099', 'n100', 'n101']],
  ['n[09-100/91]', ['n09', 'n100']],
] as const) {
  test(`${text} names ${names.join(' ')}, in this order`, () => {
    assert.deepEqual(expand(text), names)
  })
}

test('names that two hexadecimal numbers make in common are counted once', () => {
  const nodeSet = sure(parseNodeSet('m[1-1b/hex]b[1-b1/hex]'))
  assert.equal(sure(countNodeSet(nodeSet)), sure(expandNodeSet(nodeSet)).length)
})

test('a tag that nothing carries is refused by name, not read as nobody', () => {
  const result = expandNodeSet(sure(parseNodeSet('n1,@rack9')), (tag) => racks.get(tag))
  assert.ok(!result.ok)
  assert.match(result.refusal.why, /rack9/)
  assert.equal(result.refusal.position, 4)
})

for (const text of ['n[1-999999999]', 'n[1-1000]x[1-1001]', 'n[1-600000],m[1-600000]']) {
  test(`HOSTILE 31: ${text} is refused by arithmetic, before a name is made`, () => {
    const heapBefore = process.memoryUsage().heapUsed
    const result = parseNodeSet(text)
    assert.ok(!result.ok)
    assert.match(result.refusal.why, /1000000/)
    assert.ok(process.memoryUsage().heapUsed - heapBefore < 4 * 1024 * 1024)
  })
}

test('HOSTILE 31: tags cannot lead past the limit either', () => {
  const many = Array.from({ length: 600_000 }, (_, at) => `a${at}`)
  const more = many.map((name) => `b${name}`)
  const result = expandNodeSet(sure(parseNodeSet('@a,@b')), (tag) => (tag === 'a' ? many : more))
  assert.ok(!result.ok)
})

test('a list beside the names gives an address or a MAC for each', () => {
  assert.deepEqual(sure(expandList('10.1.0.[1-3]')), ['10.1.0.1', '10.1.0.2', '10.1.0.3'])
  const macs = sure(expandList('52:54:00:00:01:[01-80/hex]'))
  assert.equal(macs.length, 128)
  assert.equal(macs[9], '52:54:00:00:01:0a')
  assert.equal(macs.at(-1), '52:54:00:00:01:80')
})

test('a list keeps its order and its repetitions, since each item belongs to one name', () => {
  assert.deepEqual(sure(expandList('b2, a1,b2')), ['b2', 'a1', 'b2'])
})

for (const text of ['a!b', '@rack1', 'a&b', 'a^b']) {
  test(`a list refuses ${text}`, () => {
    assert.equal(expandList(text).ok, false)
  })
}

for (const [names, folded] of [
  [['n1', 'n01', 'n2', 'n02'], 'n[1-2,01-02]'],
  [['n9', 'n10', 'n011'], 'n[9-10,011]'],
  [['a1b2', 'a1b3', 'a2b2', 'a2b3', 'a9b9'], 'a[1-2]b[2-3],a9b9'],
  [['head', 'n2', 'n1'], 'head,n[1-2]'],
  [[], ''],
  [['serial20260101123456789'], 'serial20260101123456789'],
] as const) {
  test(`${names.join(' ')} fold to ${folded || 'nothing'}`, () => {
    assert.equal(foldNodeSet(names), folded)
  })
}

const piece = fc.oneof(fc.constantFrom('n', 'rack', '-ib', '.x'), fc.stringMatching(/^\d{1,4}$/))
const nodeName = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))

test('folding and expanding give back the same names, whatever their zeros', () => {
  fc.assert(
    fc.property(fc.uniqueArray(nodeName, { minLength: 1, maxLength: 60 }), (names) => {
      assert.deepEqual(expand(foldNodeSet(names)).toSorted(), names.toSorted())
    }),
  )
})

test('equal sets fold to equal text, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(nodeName, { maxLength: 30 }), (names) => {
      assert.equal(foldNodeSet(names.toReversed()), foldNodeSet(names))
    }),
  )
})

test('no text makes the reader throw', () => {
  const grammar = fc.array(fc.constantFrom(...'n019-[],!&^@/ hexA.'.split('')), { maxLength: 40 })
  const text = fc.oneof(
    grammar.map((letters) => letters.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(text, (source) => {
      const result = parseNodeSet(source)
      assert.equal(typeof result.ok, 'boolean')
    }),
    { numRuns: 2000 },
  )
})
