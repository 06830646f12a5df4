// Why this file exists: secrets stay out of logs, weak ones are not accepted, and keys are not served.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { lintBootRoot, readSecretFile, Secret } from '#trust'
import { scratchFolder } from './scratch.ts'

const folder = scratchFolder()

test('HOSTILE 66: a secret does not come out by printing, joining, JSON or inspection', () => {
  const holder = { user: 'admin', secret: new Secret('hunter2'), list: [new Secret('hunter2')] }
  const shown = [
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    format('%s %o %j', holder.secret, holder, holder),
    'x'.concat(String(holder.secret)),
    String(holder.secret),
    [holder.secret].join(),
    new Error('failed', { cause: holder }).stack,
    inspect(new Error('failed', { cause: holder })),
    Object.values(holder.secret).join(),
  ].join('\n')
  assert.doesNotMatch(shown, /hunter2/)
  assert.match(shown, /\[secret\]/)
  assert.equal(holder.secret.reveal(), 'hunter2')
})

function secretFile(content: string, mode: number): string {
  const path = join(folder, `secret-${mode.toString(8)}-${content.length}`)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

test('a secret file of its owner gives the secret without the end of the line', () => {
  assert.equal(readSecretFile(secretFile(' p w \n', 0o600)).reveal(), ' p w ')
  assert.equal(readSecretFile(secretFile('pw', 0o400)).reveal(), 'pw')
})

for (const [sentence, make] of [
  ['HOSTILE 66: a secret file that everybody may read is refused', () => secretFile('pw', 0o644)],
  ['HOSTILE 66: a secret file that the group may read is refused', () => secretFile('pw', 0o640)],
  ['HOSTILE 66: a secret file that others may write is refused', () => secretFile('pw', 0o602)],
  ['HOSTILE 64: an empty secret is refused', () => secretFile('', 0o600)],
  ['HOSTILE 64: a secret of white space is refused', () => secretFile(' \n', 0o600)],
  ['HOSTILE 64: a missing secret is refused', () => join(folder, 'absent')],
  [
    'a secret of two lines is refused, for nobody can tell which is meant',
    () => secretFile('a\nb\n', 0o600),
  ],
  ['a secret of megabytes is refused', () => secretFile('x'.repeat(1_000_000), 0o600)],
  ['a folder is no secret file', () => folder],
] as const) {
  test(sentence, () => {
    assert.throws(() => readSecretFile(make()), { code: 'CPC-TLS-003' })
  })
}

test('HOSTILE 68: lint names every key below the boot root, and nothing that belongs there', () => {
  const root = join(folder, 'boot')
  mkdirSync(join(root, 'deep/er'), { recursive: true })
  const put = (name: string, content: string) => writeFileSync(join(root, name), content)
  put('vmlinuz', 'MZ kernel')
  put('ca.pem', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n')
  put('deep/er/notes', 'x\n-----BEGIN RSA PRIVATE KEY-----\n')
  put('deep/pkcs8', '-----BEGIN PRIVATE KEY-----\n')
  put('deep/ssh', '-----BEGIN OPENSSH PRIVATE KEY-----\n')
  put('ca.key', 'der')
  put('id_ed25519', '')
  put('ssh_host_rsa_key', '')
  put('ssh_host_rsa_key.pub', 'ssh-rsa AAAA')
  put('ldap-admin.secret', 'x')
  symlinkSync('/etc', join(root, 'link'))
  const found = lintBootRoot(root)
  assert.deepEqual(found.map(({ path }) => path.slice(root.length + 1)).toSorted(), [
    'ca.key',
    'deep/er/notes',
    'deep/pkcs8',
    'deep/ssh',
    'id_ed25519',
    'ldap-admin.secret',
    'ssh_host_rsa_key',
  ])
  assert.ok(found.every(({ code }) => code === 'CPC-TLS-004'))
})
