// Why this file exists: what we run on a host goes through a shell there, and no value may become a command.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseIp4 } from '#directory'
import { knownHostLine, mountedAt, shellWord, sshArgv } from '#host'

test('any text arrives in a shell as that one word', () => {
  const text = fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0'))
  fc.assert(
    fc.property(text, (word) => {
      const echoed = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(word)}`], {
        encoding: 'utf8',
      })
      assert.equal(echoed, word.toWellFormed())
    }),
    { numRuns: 30 },
  )
})

test('a host is known by its machine id, not by its address', () => {
  const address = parseIp4('10.77.0.20')
  assert.ok(address !== undefined)
  const argv = sshArgv({ keyFile: '/k', knownHostsFile: '/h' }, { machineId: 'm-1', address }, [
    'cat',
    '/proc/mounts',
  ])
  assert.ok(argv.includes('HostKeyAlias=m-1') && argv.includes('StrictHostKeyChecking=yes'))
  assert.deepEqual(argv.slice(-3), ['root@10.77.0.20', '--', "'cat' '/proc/mounts'"])
})

const key = `ssh-ed25519 ${'A'.repeat(68)}`
for (const [sentence, shown, line] of [
  ['a key keeps its type and bytes and loses its comment', `${key} root@n001`, `m-1 ${key}\n`],
  ['a key with a second line cannot name another host', `${key}\nother ${key}`, undefined],
  ['what is no key is refused', 'ssh-rsa AAAA', undefined],
] as const) {
  test(sentence, () => assert.equal(knownHostLine('m-1', shown), line))
}

const mounts = `rootfs / rootfs rw 0 0
tmpfs /run tmpfs rw,nosuid 0 0
10.77.0.1:/images /var/lib/coppice/images nfs4 ro,relatime,vers=4.2 0 0
`
test('the last mount at a place is what is seen there', () => {
  assert.deepEqual(mountedAt(mounts, '/var/lib/coppice/images'), {
    source: '10.77.0.1:/images',
    type: 'nfs4',
    readOnly: true,
  })
  assert.equal(mountedAt(mounts, '/mnt'), undefined)
})
