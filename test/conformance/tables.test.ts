// Why this file exists: the battery judges the server only as well as the tables judge the battery. This needs no server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dhcpCases, dnsCases, tftpCases } from './battery.ts'
import { type Case, isFor } from './harness/case.ts'
import { knownGaps } from './known-gaps.table.ts'
import { onlyOurs } from './only-ours.table.ts'
import { peers } from './peers.table.ts'
import { keptMin, reasonFor, type Reasons } from './reasons.ts'
import { subjects } from './subjects/index.ts'

const cases: readonly Pick<Case, 'says' | 'protocol' | 'alsoNeeds'>[] = [
  ...dhcpCases,
  ...tftpCases,
  ...dnsCases,
]
const sentences = new Set(cases.map(({ says }) => says))
const others = subjects.filter(({ name }) => name !== 'coppice')

function unknownIn(reasons: Reasons): readonly string[] {
  return reasons.flatMap((row) => row.cases).filter((says) => !sentences.has(says))
}

test('each case is a sentence of its own, and begins with its RFC', () => {
  assert.equal(sentences.size, cases.length)
  for (const says of sentences) assert.match(says, /^RFC \d+\b.*: \S/)
})

test('each reason is for cases that exist, and each case has one reason', () => {
  for (const [name, reasons] of [['coppice', knownGaps] as const, ...Object.entries(peers)]) {
    assert.deepEqual(unknownIn(reasons), [], name)
    const all = reasons.flatMap((row) => row.cases)
    assert.equal(new Set(all).size, all.length, name)
    assert.ok(
      subjects.some((subject) => subject.name === name),
      name,
    )
  }
})

for (const subject of others) {
  test(`${subject.name} passes at least four fifths of what it claims`, () => {
    const asked = cases.filter((one) => isFor(one, subject.claims))
    const passed = asked.filter(({ says }) => reasonFor(subject.name, says) === undefined)
    assert.ok(passed.length / asked.length >= keptMin, `${passed.length}/${asked.length}`)
  })
}

test('a case that every peer fails has the words of its RFC beside it', () => {
  const doubtful = cases.filter((one) => {
    const asked = others.filter((subject) => isFor(one, subject.claims))
    const failed = asked.filter((subject) => reasonFor(subject.name, one.says) !== undefined)
    return asked.length > 0 && failed.length === asked.length
  })
  assert.deepEqual(doubtful.map(({ says }) => says).toSorted(), Object.keys(onlyOurs).toSorted())
})

test('each case is put to at least one peer', () => {
  const alone = cases.filter((one) => !others.some((subject) => isFor(one, subject.claims)))
  assert.deepEqual(
    alone.map(({ says }) => says),
    [],
  )
})
