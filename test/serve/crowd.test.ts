// Why this file exists: a crowd at one door must not shut the others. The row's model is a DHCP server that had no file
// left for its own work (CVE-2016-2774).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '../eventually.ts'
import { Appliance, applianceNeeds } from './appliance.ts'

/** Connects, says nothing and stays; tells how many got in once all have been tried. */
const idlers = `
  const { connect } = require('node:net')
  const [host, port, count] = process.argv.slice(1)
  let tried = 0
  const done = () => (tried += 1) === Number(count) && console.log('tried')
  for (let left = Number(count); left > 0; left -= 1) {
    connect({ host, port }).once('connect', done).once('error', done)
  }
  process.stdin.on('end', () => process.exit()).resume()`

/** More than each door lets in. */
const crowds = [
  ['127.0.0.1', 3890, 3_000],
  ['127.0.0.1', 8420, 1_000],
  ['10.79.1.1', 8443, 1_500],
] as const

test(
  'HOSTILE 29: thousands of idle LDAP and API connections starve nobody',
  applianceNeeds,
  async (t) => {
    const appliance = new Appliance('crowd')
    const standing: ReturnType<Appliance['begin']>[] = []
    t.after(async () => {
      for (const crowd of standing) crowd.stdin?.end()
      await appliance.remove()
    })
    await appliance.start()
    await appliance.add('m1', '52:54:00:79:01:01', '10.79.1.20')
    await eventually('m1 is answered', async () => (await appliance.answerOf('m1')) !== '')

    await Promise.all(
      crowds.map(async (crowd) => {
        const words = crowd.map(String)
        const child = appliance.begin([process.execPath, '--eval', idlers, ...words])
        standing.push(child)
        assert.ok(child.stdout)
        await once(child.stdout, 'data')
      }),
    )

    await t.test('DNS answers over UDP and TCP, and boot files are served', async () => {
      assert.equal(await appliance.answerOf('m1'), '10.79.1.20')
      assert.equal(await appliance.answerOf('m1', '+tcp'), '10.79.1.20')
      const url = `http://${appliance.address}/ca.pem`
      assert.match((await appliance.run(['curl', '-s', url])).out, /BEGIN CERTIFICATE/)
    })
    await t.test("the administrator's own sockets answer", async () => {
      const socket = join(appliance.data, 'api.sock')
      const api = ['curl', '-s', '--unix-socket', socket, 'http://coppice/v1/machines']
      assert.match((await appliance.run(api)).out, /"m1"/)
      const whoami = ['ldapwhoami', ...appliance.admin(appliance.ldapi)]
      assert.equal((await appliance.run(whoami)).status, 0)
    })
    await t.test('who comes to the directory gets in, and it is said who went', async () => {
      assert.equal((await appliance.add('m2', '52:54:00:79:01:02', '10.79.1.21')).words, '')
      await eventually('m2 is answered', async () => (await appliance.answerOf('m2')) !== '')
      assert.match(appliance.said, /127\.0\.0\.1:3890 has 512 connections and keeps no more/)
    })
  },
)
