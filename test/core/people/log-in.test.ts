// Why this file exists: who may log in to a host, and for whom it ends, is tried with a real sshd, PAM and sudo.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Person } from '#directory'
import { accountFiles, admit, endedBetween } from '#host'
import { askHost, type Known, tellHost } from '../../../src/core/people/exchange.ts'
import { person, sha256 } from '../../host/accounts/people.ts'
import { needs, needsRoot } from '../../needs.ts'
import { type Box, openBox, programs } from './box.ts'

const available = {
  timeout: 60_000,
  ...needsRoot(),
  ...needs('openssh-server, openssh-client and sudo', ...programs),
}

async function known({ exchange }: Box): Promise<Known> {
  const asked = await askHost(exchange)
  assert.ok(asked.kind === 'known', JSON.stringify(asked))
  return asked.known
}

async function allow(box: Box, persons: readonly Person[]): Promise<Known> {
  const before = await known(box)
  const { accounts } = admit(persons, { tags: ['gpu'] }, before.base)
  const wanted = accountFiles(accounts, before.base, sha256)
  const ended = endedBetween(before.held, wanted.held)
  const taken = await tellHost(box.exchange, { known: before, wanted, ended })
  assert.deepEqual(taken, { kind: 'taken' })
  return before
}

/** The home of the one who stays, and nothing else. */
const left = '/home:\nbob\n\n/tmp:\n'

test('people log in to a host by key, and are gone at once when removed', available, async (t) => {
  const box = await openBox(t)
  const { login, session, look, keys } = box
  const ada = person({ sshKeys: [keys.ada], sudo: true, fullName: 'Ada: Lovelace' })
  const bob = person({ uid: 'bob', uidNumber: 10_002, sshKeys: [keys.bob] })
  const eve = person({ uid: 'eve', uidNumber: 10_003, sshKeys: [keys.ada], tags: ['cpu'] })

  await t.test('nobody but root may log in before anybody was allowed', async () => {
    assert.equal((await known(box)).digest, '')
    assert.equal((await login('ada', 'id')).status, 255)
  })

  await t.test('an allowed person logs in by its key, in a home of its own', async () => {
    await allow(box, [ada, bob, eve])
    const { output } = await login('ada', 'id; pwd; stat -c %U:%a .')
    assert.match(output, /^uid=10001\(ada\) gid=10001\(ada\) groups=/)
    assert.match(output, /\n\/home\/ada\nada:700\n$/)
  })

  await t.test('another key, an unknown name, and whoever no tag lets in are refused', async () => {
    const tries = [login('ada', 'id', 'bob'), login('carl', 'id'), login('eve', 'id')]
    const ends = await Promise.all(tries)
    assert.deepEqual(
      ends.map(({ status }) => status),
      [255, 255, 255],
    )
  })

  await t.test('a person cannot add a key that would outlive it', async () => {
    const key = keys.bob.trim()
    const own = `mkdir .ssh; echo '${key}' >.ssh/authorized_keys`
    const ours = `echo '${key}' >>/etc/coppice/people/keys/ada`
    assert.match((await login('ada', `${own}; ${ours}`)).complaint, /denied/)
    assert.equal((await login('ada', 'id', 'bob')).status, 255)
  })

  await t.test('sudo works for those whom the directory lets, and for no other', async () => {
    const [may, mayNot] = await Promise.all([
      login('ada', 'sudo -n cat /proc/self/loginuid; sudo -n whoami'),
      login('bob', 'sudo -n whoami', 'bob'),
    ])
    assert.equal(may.output, '10001root\n')
    assert.equal(mayNot.status, 1)
    assert.match(mayNot.complaint, /password is required/)
  })

  await t.test(
    'a removed person ends at once, with all that it started; others go on',
    async () => {
      const detached = 'sudo -n sh -c "setsid sleep 9871 >/dev/null 2>&1 &"'
      const [hers, his] = await Promise.all([
        session('ada', `${detached}; touch /tmp/left; echo; exec sleep 9872`),
        session('bob', 'echo; exec sleep 9873'),
      ])
      const from = performance.now()
      await allow(box, [bob])
      const { status } = await hers.ended
      t.diagnostic(`the session ended ${(performance.now() - from).toFixed(0)} ms after the order`)
      assert.equal(status, 255)
      assert.equal(look('ls /home /tmp; pgrep -f "^sleep 987[12]"; true'), left)
      assert.equal((await login('ada', 'id')).status, 255)
      assert.match(look('pgrep -f "^sleep 9873" && pkill -f "^sleep 9873"'), /^\d+\n$/)
      await his.ended
    },
  )

  await t.test('who may be root no more loses the root shell that is open', async () => {
    await allow(box, [ada])
    const { ended } = await session('ada', 'echo; exec sudo -n sleep 9874')
    await allow(box, [{ ...ada, sudo: false }])
    assert.equal((await ended).status, 255)
    assert.equal((await login('ada', 'id -un; sudo -n id')).output, 'ada\n')
  })

  await t.test('an order that rests on what is no longer so is not carried out', async () => {
    const old = await allow(box, [ada, bob])
    const wanted = accountFiles([], old.base, sha256)
    const told = await tellHost(box.exchange, { known: old, wanted, ended: [] })
    assert.deepEqual(told, { kind: 'stale' })
    assert.equal((await login('bob', 'id -un', 'bob')).output, 'bob\n')
  })

  await t.test('nobody is let in while the firewall for people is not set', async () => {
    look('rm /run/coppice/people-fenced')
    const now = await known(box)
    const wanted = accountFiles([], now.base, sha256)
    const told = await tellHost(box.exchange, { known: now, wanted, ended: [] })
    assert.ok(told.kind === 'silent' && /firewall/.test(told.why))
  })
})
