// Why this file exists: what most lines of a copy are read by must say exactly what JSON says, or leave them to it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseUuid } from '#directory'
import fc from 'fast-check'
import { z } from 'zod'
import { CopyLineReader } from '../../src/ldap-sync/copy-line.ts'
import { type RawEntry, rawEntry } from '../../src/ldap-sync/raw-entry.ts'

type Told = readonly [string, string, readonly (readonly [string, readonly string[]])[]]

const digits = fc.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const ascii = fc.stringMatching(/^[ !#-[\]-~]{0,20}$/)
const dn = fc.constantFrom('cn=n1,dc=x', 'CN=N1,dc=x', 'cn=a+sn=b', 'cn=a  b', 'no dn', '')
const name = fc.constantFrom('cn', 'objectclass', 'ipHostNumber', '__proto__')
const values = fc.array(ascii, { maxLength: 3 })
const pairs = fc.uniqueArray(fc.tuple(name, values), { maxLength: 4, selector: ([each]) => each })
const plain: fc.Arbitrary<Told> = fc.tuple(digits, dn, pairs)
const any: fc.Arbitrary<Told> = fc.tuple(
  fc.oneof(
    digits,
    digits.map((id) => id.toUpperCase()),
    fc.string(),
  ),
  fc.oneof(dn, fc.string({ unit: 'grapheme' })),
  fc.array(fc.tuple(fc.oneof(name, fc.string()), fc.array(fc.string({ unit: 'binary' })))),
)

function parsed([idText, ownDn, list]: Told): RawEntry | undefined {
  const id = parseUuid(idText)
  return id === undefined ? undefined : rawEntry(id, ownDn, new Map(list))
}

/** Throws at what is no line of a copy. */
const lineForm = z.tuple([
  z.string(),
  z.string(),
  z.array(z.tuple([z.string(), z.array(z.string())])),
])

test('a line in ASCII without an escape is read from its bytes, and says what JSON says', () => {
  const reader = new CopyLineReader()
  fc.assert(
    fc.property(plain, (told) => {
      const entry = reader.read(JSON.stringify(told))
      assert.ok(entry)
      assert.deepEqual(entry, parsed(told))
    }),
    { numRuns: 1_000 },
  )
})

test('whatever else a line holds, it is read the same or left to JSON', () => {
  const reader = new CopyLineReader()
  fc.assert(
    fc.property(any, (told) => {
      const entry = reader.read(JSON.stringify(told))
      if (entry) assert.deepEqual(entry, parsed(told))
    }),
    { numRuns: 1_000 },
  )
})

test('a line that was cut, or in which one character is another, is read as JSON reads it or not at all', () => {
  const reader = new CopyLineReader()
  const other = fc.constantFrom('"', ',', '[', ']', '\\', ' ', '0', 'ü', '\u0001', '')
  fc.assert(
    fc.property(plain, fc.nat(), other, fc.boolean(), (told, place, instead, isCut) => {
      const line = JSON.stringify(told)
      const at = place % line.length
      const bent = line.slice(0, at) + instead + (isCut ? '' : line.slice(at + 1))
      const entry = reader.read(bent)
      if (entry) assert.deepEqual(entry, parsed(lineForm.parse(JSON.parse(bent))))
    }),
    { numRuns: 3_000 },
  )
})
