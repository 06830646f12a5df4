// Why this file exists: the reader of the tutorial must itself be able to say no.
import assert from 'node:assert/strict'
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
