// Why this file exists: an image's name becomes a path and a promise; both must hold for every text that somebody types.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatImageId, parseImageName, parseImageId, parseImageVersion } from '#vocluster'
import fc from 'fast-check'

test('name@3 is a name and a number, and is written again as it was read', () => {
  const ref = parseImageId('voc-compute@3')
  assert.ok(ref !== undefined)
  assert.deepEqual({ ...ref }, { name: 'voc-compute', version: 3 })
  assert.equal(formatImageId(ref), 'voc-compute@3')
})

for (const text of [
  'voc-compute',
  'voc-compute@',
  'voc-compute@0',
  'voc-compute@03',
  'voc-compute@-1',
  'voc-compute@1e3',
  'voc-compute@1.0',
  'voc-compute@1000000000',
  'voc-compute@latest',
  'voc-compute@3@3',
  '@3',
  'Voc@3',
  'a/b@3',
  '../a@3',
  '.@1',
  '..@1',
  '-rf@1',
  'a\n@1',
  'a\0b@1',
  `${'a'.repeat(64)}@1`,
  'ä@1',
]) {
  test(`${JSON.stringify(text)} names no image`, () => {
    assert.equal(parseImageId(text), undefined)
  })
}

test('whatever is taken as a name is safe as one step of a path and comes back unchanged', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9._-]{1,8}@[0-9]{1,4}$/)),
      (text) => {
        const ref = parseImageId(text)
        const name = parseImageName(text)
        if (name !== undefined && (/[/\\\0\s]/.test(name) || /^[.-]/.test(name))) return false
        return ref === undefined || formatImageId(ref) === text
      },
    ),
  )
})

test('each number has one spelling', () => {
  assert.equal(parseImageVersion('7'), 7)
  for (const text of ['07', '+7', '7 ', ' 7', '']) assert.equal(parseImageVersion(text), undefined)
})
