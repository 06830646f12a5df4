// Why this file exists: there is one authority per data directory, its key is nobody else's, and half of one stops
// the start instead of becoming a new one that no host believes.
import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAuthority } from '#trust'
import { scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const now = Date.UTC(2026, 10, 21)
const options = { name: 'lab', now, modulusBits: 2048 }
const first = await openAuthority({ ...options, dir: join(folder, 'first') })
const second = await openAuthority({ ...options, dir: join(folder, 'second') })
await openAuthority({ ...options, dir: join(folder, 'spare') })

test('the authority of a data directory is the same at the next start, whatever the site is called then', async () => {
  const again = await openAuthority({ ...options, dir: join(folder, 'first'), name: 'other' })
  assert.equal(again.certificate.fingerprint, first.certificate.fingerprint)
  assert.notEqual(first.certificate.fingerprint, second.certificate.fingerprint)
})

test('HOSTILE 66: the key is readable by its owner only, and a wider key stops the start', async () => {
  const key = join(folder, 'first/ca.key')
  assert.equal(statSync(key).mode & 0o777, 0o600)
  assert.equal(statSync(join(folder, 'first')).mode & 0o777, 0o700)
  chmodSync(key, 0o640)
  await assert.rejects(openAuthority({ ...options, dir: join(folder, 'first') }), {
    code: 'CPC-TLS-001',
  })
  chmodSync(key, 0o600)
})

test('a start that was interrupted after the key goes on with that key', async () => {
  const dir = join(folder, 'second')
  const before = readFileSync(join(dir, 'ca.key'), 'utf8')
  rmSync(join(dir, 'ca.pem'))
  const again = await openAuthority({ ...options, dir })
  assert.equal(readFileSync(join(dir, 'ca.key'), 'utf8'), before)
  assert.match(again.certificate.pem, /BEGIN CERTIFICATE/)
})

for (const [what, spoil] of Object.entries({
  'a certificate without its key': (dir: string) => rmSync(join(dir, 'ca.key')),
  'a key that is no key': (dir: string) => writeFileSync(join(dir, 'ca.key'), 'nonsense'),
  'a certificate that is none': (dir: string) => writeFileSync(join(dir, 'ca.pem'), ''),
  'a certificate of another key': (dir: string) =>
    copyFileSync(join(folder, 'first/ca.pem'), join(dir, 'ca.pem')),
})) {
  test(`${what} is a fault, never a new authority`, async () => {
    const dir = join(folder, what.replaceAll(' ', '-'))
    mkdirSync(dir)
    for (const file of ['ca.key', 'ca.pem'])
      copyFileSync(join(folder, 'spare', file), join(dir, file))
    spoil(dir)
    await assert.rejects(openAuthority({ ...options, dir }), { code: 'CPC-TLS-001' })
  })
}
