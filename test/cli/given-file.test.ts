// Why this file exists: a file that cannot be used is told of in words that help, whichever command was given it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Fault } from '#fault'
import { readGivenFile, readGivenStart } from '../../src/cli/program/given-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpc-given-'))
const pathOf = (name: string): string => join(folder, name)
const kind = { what: 'the list', bytesMax: 100_000 }

before(() => {
  writeFileSync(pathOf('umlauts'), 'Rechner für Größe')
  writeFileSync(pathOf('latin1'), Buffer.from('Rechner für Größe', 'latin1'))
  writeFileSync(pathOf('just'), 'x'.repeat(kind.bytesMax))
  writeFileSync(pathOf('over'), 'x'.repeat(kind.bytesMax + 1))
})
after(() => rmSync(folder, { recursive: true }))

function faultOf(path: string): Fault {
  try {
    readGivenFile(path, kind)
  } catch (error) {
    assert.ok(error instanceof Fault)
    return error
  }
  return assert.fail('it was read')
}

for (const [sentence, path, why] of [
  ['a file that is not there', pathOf('none'), /^there is no such file$/],
  ['a path through a file', pathOf('just/x'), /^a part of its path is no directory$/],
  ['a directory', folder, /^it is a directory$/],
  ['a file of a byte too much', pathOf('over'), /^it has more than 100000 bytes/],
  ['a device that never ends', '/dev/zero', /^it has more than 100000 bytes/],
  ['text that is not UTF-8', pathOf('latin1'), /^it is not UTF-8 text; iconv/],
] as const) {
  test(`${sentence} is refused with the reason and its path`, () => {
    const { code, text } = faultOf(path)
    assert.deepEqual(
      [code, text.what, text.where],
      ['CPC-CLI-007', 'the list cannot be read', path],
    )
    assert.match(text.why, why)
  })
}

test('a file is read whole, up to the last byte that is allowed', () => {
  assert.equal(readGivenFile(pathOf('umlauts'), kind), 'Rechner für Größe')
  assert.equal(readGivenFile(pathOf('just'), kind).length, kind.bytesMax)
})

test('of a file that may be longer than what counts, the start is read, byte for byte', () => {
  assert.equal(readGivenStart(pathOf('latin1'), { what: 'it', bytesMax: 9 }), 'Rechner f')
  assert.equal(readGivenStart('/dev/zero', { what: 'it', bytesMax: 70_000 }).length, 70_000)
})

test('a pipe, which has no length, is read to its end', () => {
  const fifo = pathOf('pipe')
  execFileSync('mkfifo', [fifo])
  const writer =
    'const { writeFileSync } = require("node:fs"); writeFileSync(process.argv[1], "vo: x")'
  execFileSync('sh', ['-c', '"$0" -e "$1" "$2" >/dev/null 2>&1 &', process.execPath, writer, fifo])
  assert.equal(readGivenFile(fifo, kind), 'vo: x')
})
