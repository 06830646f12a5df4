// Why this file exists: the reader of the tutorial must itself be able to say no.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingLine, readPage } from './page.ts'

const page = [
  '# First',
  '```sh',
  'echo one',
  'echo two',
  '```',
  'It prints:',
  '```text',
  'one',
  '…wo',
  '```',
  '## Second',
  '```yaml',
  'not: typed',
  '```',
  '```sh',
  'true',
  '```',
].join('\n')

test('the cluster file that the tutorial shows is the one that it uses', () => {
  const folder = join(import.meta.dirname, '../../docs/tutorial')
  const text = readFileSync(join(folder, 'hpl.yaml'), 'utf8')
  const page = readFileSync(join(folder, 'first-cluster.md'), 'utf8')
  assert.ok(page.includes(`\`\`\`yaml\n${text}\`\`\`\n`))
})

test('commands are taken from the page with what it shows below them', () => {
  assert.deepEqual(readPage(page), [
    { title: 'First', commands: 'echo one\necho two', shown: ['one', '…wo'] },
    { title: 'Second', commands: 'true', shown: [] },
  ])
})

test('a line that the page shows and the command does not print is named', () => {
  assert.equal(missingLine(['one', '…wo'], 'zero\none\ntwo\n'), undefined)
  assert.equal(missingLine(['two', 'one'], 'one\ntwo\n'), 'one')
  assert.equal(missingLine(['n001 … ready'], 'n001    host   ready\n'), undefined)
  assert.equal(missingLine(['a.b'], 'aXb\n'), 'a.b')
})
