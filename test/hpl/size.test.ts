// Why this file exists: a run is sized by the formula of the 2008 evaluation, and its grid is as square as it can be.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type SizeRequest, sizeRun } from '#hpl'

const GiB = 2 ** 30

for (const [sentence, request, problem] of [
  [
    'the evaluation: 14 hosts of 4 GiB with two ranks each make N=77448 on 4x7',
    { nodes: 14, memoryBytesPerNode: 4 * GiB },
    { N: 77_448, NB: 168, P: 4, Q: 7 },
  ],
  [
    'the evaluation: one host with one rank has the grid 1x1',
    { nodes: 1, memoryBytesPerNode: 4 * GiB, ranksPerNode: 1 },
    { N: 20_664, NB: 168, P: 1, Q: 1 },
  ],
  [
    'the whole memory may be used: sqrt(2^27 doubles) is 11585, in blocks of 5 that is 11585',
    { nodes: 1, memoryBytesPerNode: GiB, use: 1, nb: 5, ranksPerNode: 1 },
    { N: 11_585, NB: 5, P: 1, Q: 1 },
  ],
  [
    'N is rounded down to whole blocks, never up',
    { nodes: 1, memoryBytesPerNode: GiB, use: 1, nb: 5793, ranksPerNode: 1 },
    { N: 5793, NB: 5793, P: 1, Q: 1 },
  ],
  [
    'a square number of ranks has a square grid',
    { nodes: 8, memoryBytesPerNode: GiB, ranksPerNode: 2 },
    { N: 29_232, NB: 168, P: 4, Q: 4 },
  ],
  [
    'a prime number of ranks has one row',
    { nodes: 13, memoryBytesPerNode: GiB, ranksPerNode: 1 },
    { N: 37_296, NB: 168, P: 1, Q: 13 },
  ],
  [
    'a node holds whole doubles only: 15 bytes are one',
    { nodes: 4, memoryBytesPerNode: 15, use: 1, nb: 1, ranksPerNode: 1 },
    { N: 2, NB: 1, P: 2, Q: 2 },
  ],
] as const) {
  test(sentence, () => assert.deepEqual(sizeRun(request), { ok: true, value: problem }))
}

const usual: SizeRequest = { nodes: 14, memoryBytesPerNode: 4 * GiB }
for (const [sentence, change, refusal] of [
  ['no node', { nodes: 0 }, { kind: 'out-of-range', field: 'nodes' }],
  ['half a node', { nodes: 1.5 }, { kind: 'out-of-range', field: 'nodes' }],
  ['nodes without number', { nodes: Number.NaN }, { kind: 'out-of-range', field: 'nodes' }],
  [
    'less memory than one double',
    { memoryBytesPerNode: 7 },
    { kind: 'out-of-range', field: 'memory per node in bytes' },
  ],
  ['blocks of nothing', { nb: 0 }, { kind: 'out-of-range', field: 'NB' }],
  ['no rank', { ranksPerNode: 0 }, { kind: 'out-of-range', field: 'ranks per node' }],
  ['no share of the memory', { use: 0 }, { kind: 'share-unfit' }],
  ['more than the memory', { use: 1.01 }, { kind: 'share-unfit' }],
  [
    'a matrix that is smaller than its block',
    { nodes: 1, memoryBytesPerNode: 80_000 },
    { kind: 'memory-too-small', order: 89, NB: 168 },
  ],
] as const) {
  test(`${sentence} is refused, and named`, () => {
    const sized = sizeRun({ ...usual, ...change })
    assert.ok(!sized.ok)
    assert.partialDeepStrictEqual(sized.refusal, refusal)
  })
}

test('the matrix never takes more than its share, one block more would, and every rank has its place', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 2 ** 22, max: 2 ** 40 }),
      fc.integer({ min: 1, max: 256 }),
      fc.integer({ min: 1, max: 64 }),
      (nodes, memoryBytesPerNode, nb, ranksPerNode) => {
        const sized = sizeRun({ nodes, memoryBytesPerNode, nb, ranksPerNode })
        assert.ok(sized.ok)
        const { N, P, Q } = sized.value
        const room = nodes * Math.floor(memoryBytesPerNode / 8) * 0.8
        assert.equal(N % nb, 0)
        assert.ok(N * N <= room && (N + nb) ** 2 > room)
        assert.ok(P * Q === nodes * ranksPerNode && P <= Q)
        for (let p = P + 1; p * p <= P * Q; p += 1) assert.notEqual((P * Q) % p, 0)
      },
    ),
    { numRuns: 200 },
  )
})
