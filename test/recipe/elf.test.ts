// Why this file exists: a library that is not found here is a host that does not start there.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { readElf } from '../../src/recipe/elf.ts'
import { tinyElf } from './tiny-elf.ts'

test('the libraries, search folders and loader that a program names are read', () => {
  const file = tinyElf({
    needed: ['libvirt.so.0', 'libc.so.6'],
    runPath: '/opt/a:$ORIGIN/b',
    interpreter: '/lib64/ld-linux-x86-64.so.2',
  })
  assert.deepEqual(readElf(file), {
    kind: 'elf',
    needed: ['libvirt.so.0', 'libc.so.6'],
    searched: ['/opt/a', '$ORIGIN/b'],
    interpreter: '/lib64/ld-linux-x86-64.so.2',
  })
})

test('a real program is read: the one that runs this test needs the C library', () => {
  const elf = readElf(readFileSync(process.execPath))
  assert.equal(elf.kind, 'elf')
  assert.ok(elf.kind === 'elf' && elf.needed.includes('libc.so.6'))
})

test('a script, an empty file and a 32-bit program need nothing', () => {
  const program = tinyElf({ needed: ['libc.so.6'] })
  program[4] = 1
  for (const file of [Buffer.from('#!/bin/sh\n'), Buffer.alloc(0), program])
    assert.deepEqual(readElf(file), { kind: 'other' })
})

test('whatever is cut off or changed in a program, the answer is a value', () => {
  const whole = tinyElf({ needed: ['libm.so.6', 'libc.so.6'], interpreter: '/lib64/ld.so' })
  const damage = fc.record({
    length: fc.integer({ min: 0, max: whole.length }),
    changes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }),
  })
  fc.assert(
    fc.property(damage, ({ length, changes }) => {
      const file = Buffer.from(whole)
      for (const [at, value] of changes) file[at] = value
      assert.ok(['elf', 'other', 'broken'].includes(readElf(file.subarray(0, length)).kind))
    }),
    { numRuns: 2000 },
  )
})

test('a program that is cut off after its header is broken, not without needs', () => {
  const whole = tinyElf({ needed: ['libc.so.6'] })
  assert.equal(readElf(whole.subarray(0, 100)).kind, 'broken')
})
