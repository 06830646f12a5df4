// Why this file exists: the whole appliance, as its users start it, in a network of its own: it answers, follows the
// directory, outlives each of its parts, and stands alone on its data.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { eventually } from '../eventually.ts'
import { Appliance, applianceNeeds } from './appliance.ts'

let appliance: Appliance

before(async () => {
  if (applianceNeeds.skip !== undefined) return
  appliance = new Appliance('serve')
  await appliance.start()
  await appliance.add('m1', '52:54:00:79:01:01', '10.79.1.20')
})
after(async () => {
  if (applianceNeeds.skip === undefined) await appliance.remove()
})

async function move(address: string): Promise<boolean> {
  const dn = `dn: cn=m1,ou=machines,${appliance.base}\nchangetype: modify\n`
  const change = `${dn}replace: ipHostNumber\nipHostNumber: ${address}\n`
  return (await appliance.run(['ldapmodify', ...appliance.admin()], change)).status === 0
}

test(
  'what ldapmodify writes is in the next DNS answer, and outlives kill -9 of every part',
  applianceNeeds,
  async () => {
    for (const [index, part] of ['core', 'wire', 'slapd'].entries()) {
      appliance.kill(part)
      const address = `10.79.1.${30 + index}`
      await eventually('LDAP takes the change', () => move(address))
      await eventually('DNS answers', async () => (await appliance.answerOf('m1')) === address)
    }
  },
)

test(
  'a directory that is killed again and again is started again, more slowly each time, and nothing is missed',
  applianceNeeds,
  async () => {
    const heard = appliance.said.length
    for (const address of ['10.79.1.50', '10.79.1.51', '10.79.1.52']) {
      let before = ''
      await eventually('DNS answers', async () => (before = await appliance.answerOf('m1')) !== '')
      appliance.kill('slapd')
      await eventually('DNS answers', async () => (await appliance.answerOf('m1')) === before)
      await eventually('LDAP takes the change', () => move(address))
      await eventually('DNS answers', async () => (await appliance.answerOf('m1')) === address)
    }
    const pauses = appliance.said
      .slice(heard)
      .matchAll(/slapd ended with signal SIGKILL; starting it again in (\d+) ms/g)
    const millis = [...pauses].map(([, text]) => Number(text))
    assert.equal(millis.length, 3)
    assert.deepEqual(
      millis,
      millis.map((_, index) => (millis[0] ?? 0) * 2 ** index),
    )
  },
)

test(
  'what was deleted while core was away is gone, even when slapd was killed at once',
  applianceNeeds,
  async () => {
    await appliance.add('m9', '52:54:00:79:01:09', '10.79.1.29')
    // The newest entry stays: by its stamps alone slapd looks as if nothing had happened since.
    await appliance.add('m10', '52:54:00:79:01:10', '10.79.1.28')
    await eventually('DNS answers', async () => (await appliance.answerOf('m10')) !== '')
    appliance.kill('core')
    const dn = `cn=m9,ou=machines,${appliance.base}`
    assert.equal((await appliance.run(['ldapdelete', ...appliance.admin(), dn])).words, '')
    appliance.kill('slapd')
    await eventually('DNS forgets m9', async () => (await appliance.answerOf('m9')) === '')
  },
)

test(
  "a stock ldapsearch -ZZ trusts the directory by the appliance's own authority",
  applianceNeeds,
  async () => {
    const ca = `TLS_CACERT=${join(appliance.data, 'ca/ca.pem')}`
    const reader = ['-D', `cn=reader,${appliance.base}`]
    const secret = ['-y', join(appliance.data, 'ldap-reader.secret')]
    const search = ['ldapsearch', '-ZZ', '-x', '-H', 'ldap://127.0.0.1:3890', ...reader, ...secret]
    const said = await appliance.run(['env', `LDAP${ca}`, ...search, '-b', appliance.base])
    assert.match(said.out, /^cn: m1$/m, said.words)
  },
)

test(
  'HOSTILE 44: a second appliance on the same data refuses to start and names the first',
  applianceNeeds,
  async () => {
    const second = await appliance.run(appliance.command)
    assert.equal(second.status, 5)
    assert.match(second.words, /CPC-STO-001/)
  },
)

test(
  'an appliance whose keeper was killed starts again at once on the same data',
  applianceNeeds,
  async () => {
    await eventually('LDAP takes the change', () => move('10.79.1.40'))
    await appliance.killKeeper()
    await appliance.start()
    assert.equal(await appliance.answerOf('m1'), '10.79.1.40')
  },
)
