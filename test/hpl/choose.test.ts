// Why this file exists: what a run is when most of it was left open must follow from its machines alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseRun, explainRefusal, type NodeFacts, readNodeFacts } from '#hpl'

const gibibyte = 2 ** 30
const real: NodeFacts = { cpus: 2, memoryBytes: 4 * gibibyte, isEmulated: false }
const emulated: NodeFacts = { ...real, cpus: 1, isEmulated: true }

for (const [sentence, asked, nodes, problem, ranks] of [
  [
    'a rank for each processor, and four fifths of the memory',
    {},
    [real, real],
    { N: 29_232, NB: 168, P: 2, Q: 2 },
    [2, 2],
  ],
  [
    'the smallest machine decides for all',
    {},
    [real, { ...real, cpus: 1, memoryBytes: gibibyte }],
    { N: 14_616, NB: 168, P: 1, Q: 2 },
    [1, 1],
  ],
  [
    'an emulated machine gets a problem that somebody can wait for',
    {},
    [emulated, emulated, emulated, emulated],
    { N: 1008, NB: 168, P: 2, Q: 2 },
    [1, 1, 1, 1],
  ],
  ['also in blocks of another size', { NB: 80 }, [emulated], { N: 960, NB: 80, P: 1, Q: 1 }, [1]],
  [
    'a problem that was asked is that problem, emulated or not',
    { N: 5000, NB: 64 },
    [emulated],
    { N: 5000, NB: 64, P: 1, Q: 1 },
    [1],
  ],
  [
    'a grid that was asked is dealt out over the machines',
    { N: 100, P: 1, Q: 5 },
    [real, real],
    { N: 100, NB: 168, P: 1, Q: 5 },
    [3, 2],
  ],
  [
    'one side of a grid follows from the other',
    { N: 100, Q: 4 },
    [real, real],
    { N: 100, NB: 168, P: 1, Q: 4 },
    [2, 2],
  ],
  [
    'ranks for each machine are more than its processors when that was asked',
    { N: 100, ranksPerNode: 4 },
    [real],
    { N: 100, NB: 168, P: 2, Q: 2 },
    [4],
  ],
] as const) {
  test(`a run that was left open: ${sentence}`, () => {
    assert.deepEqual(chooseRun(asked, nodes), { ok: true, value: { problem, ranks } })
  })
}

for (const [sentence, asked, nodes, kind] of [
  ['over no machine', {}, [], 'out-of-range'],
  ['with half a rank', { ranksPerNode: 0.5 }, [real], 'out-of-range'],
  ['of order 0', { N: 0 }, [real], 'out-of-range'],
  [
    'HOSTILE: over a machine that says it has a million processors',
    {},
    [{ ...real, cpus: 1e6 }],
    'out-of-range',
  ],
  ['in a memory of one page', {}, [{ ...real, memoryBytes: 4096 }], 'memory-too-small'],
] as const) {
  test(`a run ${sentence} is refused`, () => {
    const chosen = chooseRun(asked, nodes)
    assert.ok(!chosen.ok)
    assert.equal(chosen.refusal.kind, kind)
    assert.equal(explainRefusal(chosen.refusal, 'run').code, 'CPC-HPL-001')
  })
}

const meminfo = 'MemTotal:        1000000 kB\nMemFree: 1 kB\nMemAvailable:     500000 kB\n'
const cpu = (model: string): string => `processor\t: 0\nmodel name\t: ${model}\nflags\t\t: fpu\n\n`

for (const [model, isEmulated] of [
  ['QEMU TCG CPU version 2.5+', true],
  ['QEMU Virtual CPU version 2.5+', true],
  ['AMD EPYC 7763 64-Core Processor', false],
  ['Intel(R) Xeon(R) CPU that is no QEMU TCG CPU', false],
] as const) {
  test(`a processor "${model}" is ${isEmulated ? '' : 'not '}emulated`, () => {
    assert.deepEqual(readNodeFacts(meminfo + cpu(model) + cpu(model)), {
      cpus: 2,
      memoryBytes: 500_000 * 1024,
      isEmulated,
    })
  })
}

test('HOSTILE: whatever a machine says of itself is read as facts or as nothing', () => {
  for (const text of ['', 'MemAvailable: -1 kB\nprocessor : 0', meminfo, cpu('x')]) {
    assert.equal(readNodeFacts(text), undefined)
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const facts = readNodeFacts(meminfo + text)
      assert.ok(facts === undefined || (facts.cpus > 0 && facts.memoryBytes > 0))
    }),
  )
})
