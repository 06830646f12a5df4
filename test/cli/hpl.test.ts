// Why this file exists: `coppice hpl` works without an appliance: sizes for people and programs, and outputs that are not believed
// before they are checked.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { vectorPath } from '../hpl/vectors.ts'
import { run } from './terminal.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpc-hpl-'))
})
after(() => rmSync(folder, { recursive: true }))

const evaluation = ['hpl', 'size', '--nodes', '14', '--memory', '4GiB']

test('size tells N, NB, P and Q for people, and as one JSON document', async () => {
  const told = await run(evaluation)
  assert.deepEqual(
    [told.exit, told.out.split('\n')],
    [0, ['N   77448', 'NB  168', 'P   4', 'Q   7']],
  )
  const json = await run([...evaluation, '-o', 'json'])
  assert.equal(json.out, '{"N":77448,"NB":168,"P":4,"Q":7}')
})

for (const [flags, printed] of [
  [['--use', '0.8', '--nb', '168', '--ranks-per-node', '2'], { N: 77_448, NB: 168, P: 4, Q: 7 }],
  [['--use', '0.5'], { N: 61_152, NB: 168, P: 4, Q: 7 }],
  [['--nb', '232'], { N: 77_488, NB: 232, P: 4, Q: 7 }],
  [['--ranks-per-node', '1'], { N: 77_448, NB: 168, P: 2, Q: 7 }],
  [['--memory', '512MiB'], { N: 27_384, NB: 168, P: 4, Q: 7 }],
  [['--memory', '1.5 GiB'], { N: 47_376, NB: 168, P: 4, Q: 7 }],
] as const) {
  test(`size heeds ${flags.join(' ')}`, async () => {
    const { out } = await run([...evaluation, ...flags, '-o', 'json'])
    assert.deepEqual(JSON.parse(out), printed)
  })
}

for (const [flags, code, why] of [
  [['--nodes', '0'], 'CPC-HPL-001', /nodes is 0/],
  [['--nodes', 'many'], 'CPC-CLI-001', /no number/],
  [['--nodes', '-1'], 'CPC-CLI-001', /no number/],
  [['--memory', '4'], 'CPC-CLI-001', /KiB, MiB, GiB or TiB/],
  [['--memory', '4GB'], 'CPC-CLI-001', /KiB, MiB, GiB or TiB/],
  [['--memory', '0GiB'], 'CPC-HPL-001', /memory per node in bytes is 0/],
  [['--use', '1.5'], 'CPC-HPL-001', /share of memory to use is 1\.5/],
  [['--nb', '80000'], 'CPC-HPL-001', /NB is 80000/],
] as const) {
  test(`size ${flags.join(' ')} is a usage error that says why`, async () => {
    const { exit, out, err } = await run([...evaluation, ...flags])
    assert.deepEqual([exit, out], [2, ''])
    assert.ok(err.includes(code), err)
    assert.match(err, why)
  })
}

test('size without its numbers is a usage error', async () => {
  assert.equal((await run(['hpl', 'size', '--nodes', '14'])).exit, 2)
})

for (const [name, exit, results, complete, code] of [
  ['pass.txt', 0, 2, true, undefined],
  ['grid.txt', 0, 144, true, undefined],
  ['hpcc-whole.txt', 0, 1, true, undefined],
  ['fail.txt', 1, 1, true, 'CPC-HPL-006'],
  ['truncated.txt', 6, 51, false, 'CPC-HPL-005'],
  ['too-few-processes.txt', 1, 0, false, 'CPC-HPL-004'],
] as const) {
  test(`parse ${name} prints what there is, and exits with ${exit}`, async () => {
    const ran = await run(['hpl', 'parse', vectorPath(name), '-o', 'json'])
    assert.equal(ran.exit, exit)
    const report: unknown = JSON.parse(ran.out)
    assert.partialDeepStrictEqual(report, { complete })
    const table = await run(['hpl', 'parse', vectorPath(name), '--no-headers'])
    assert.equal(table.out.split('\n').filter((line) => line !== '').length, results)
    if (code === undefined) assert.equal(ran.err, '')
    else assert.ok(ran.err.includes(code), ran.err)
  })
}

test('parse shows a result with its problem, time, speed and verdict', async () => {
  const { out } = await run(['hpl', 'parse', vectorPath('fail.txt')])
  assert.match(out, /^VARIANT +N +NB +P +Q +TIME +GFLOPS +RESIDUAL +VERDICT$/m)
  assert.match(out, /^WR11C2R4 +500 +80 +2 +2 +0\.06 s +1\.462 +0\.005271 +FAILED$/m)
})

test('parse with the input of the run believes no result of another problem, though it PASSED', async () => {
  const input = join(folder, 'hpccinf.txt')
  const lines = ['', '', '', '', '1', '256', '1', '80', '0', '1', '2', '2']
  writeFileSync(input, lines.join('\n'))
  const good = await run(['hpl', 'parse', vectorPath('hpcc-whole.txt'), '--input', input])
  assert.equal(good.exit, 0)
  const bad = await run(['hpl', 'parse', vectorPath('hpcc-own-choice.txt'), '--input', input])
  assert.equal(bad.exit, 1)
  assert.match(bad.out, /PASSED/)
  assert.match(bad.err, /CPC-HPL-007[^]*N: asked 256, got 2560/)
})

test('parse refuses an input that asks for several runs, at its line', async () => {
  const input = join(folder, 'several.dat')
  writeFileSync(input, '\n\n\n\n4\n29 30 34 35\n')
  const { exit, err } = await run(['hpl', 'parse', vectorPath('grid.txt'), '--input', input])
  assert.equal(exit, 2)
  assert.ok(err.includes(`${input}:5`), err)
})

test('parse of a file that is not there, or never ends, is told in four lines', async () => {
  const absent = await run(['hpl', 'parse', join(folder, 'none')])
  assert.equal(absent.exit, 1)
  assert.match(absent.err, /CPC-CLI-007/)
  const endless = await run(['hpl', 'parse', '/dev/zero'])
  assert.equal(endless.exit, 1)
  assert.match(endless.err, /CPC-HPL-003/)
})
