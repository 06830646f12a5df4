// Why this file exists: a disk fills up on a Friday night. What was answered is there on Monday, and nobody has to guess.
import assert from 'node:assert/strict'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '../eventually.ts'
import { Appliance, applianceNeeds } from './appliance.ts'

const coppice = join(import.meta.dirname, '../../bin/coppice')
const diskMib = 48
/** So many adds fit into what is left, or the test is wrong. */
const addsMax = 4_000

test(
  'a full disk loses nothing that was answered, is said, and is over when there is room',
  applianceNeeds,
  async (t) => {
    const appliance = new Appliance('full', { diskMib })
    t.after(() => appliance.remove())
    await appliance.start()
    assert.equal((await appliance.add('m1', '52:54:00:79:01:01', '10.79.1.20')).words, '')
    await eventually(
      'm1 is answered',
      async () => (await appliance.answerOf('m1')) === '10.79.1.20',
    )

    const filling = join(appliance.data, 'filling')
    fill(filling, appliance.data)
    const refused = await appliance.run(
      ['ldapadd', ...appliance.admin()],
      manyMachines(appliance.base),
    )
    assert.equal(refused.status, 80, refused.words)
    const answered = [...refused.out.matchAll(/^adding new entry "cn=(\w+),/gm)].map(
      ([, name]) => name,
    )
    // The last one was refused.
    answered.pop()
    await eventually('it is said', () =>
      Promise.resolve(appliance.said.includes('the disk is full')),
    )
    assert.equal(await appliance.answerOf('m1'), '10.79.1.20')
    assert.match(await statusOf(appliance), /CPC-SRV-005 the disk is full/)

    appliance.kill('slapd')
    await eventually('its end is said', () =>
      Promise.resolve(/slapd ended with signal SIGKILL/.test(appliance.said)),
    )
    rmSync(filling)
    const search = ['ldapsearch', ...appliance.admin(), '-LLL', '-b', appliance.base]
    await eventually(
      'it is back',
      async () => (await appliance.run([...search, '-s', 'base'])).status === 0,
    )
    const found = await appliance.run([...search, '(cn=f*)', 'cn'])
    const kept = new Set([...found.out.matchAll(/^cn: (\w+)$/gm)].map(([, name]) => name))
    assert.deepEqual(
      answered.filter((name) => !kept.has(name)),
      [],
    )
    assert.equal((await appliance.add('m2', '52:54:00:79:01:02', '10.79.1.21')).words, '')
    await eventually(
      'm2 is answered',
      async () => (await appliance.answerOf('m2')) === '10.79.1.21',
    )
    await eventually('room is said', () =>
      Promise.resolve(appliance.said.includes('there is room on the disk again')),
    )
  },
)

async function statusOf(appliance: Appliance): Promise<string> {
  const server = `unix:${join(appliance.data, 'api.sock')}`
  return (await appliance.run([coppice, 'status', '--server', server])).out
}

function fill(path: string, disk: string): void {
  const { bavail, bsize } = statfsSync(disk)
  const leftBytes = 512 * 1024
  writeFileSync(path, Buffer.alloc(bavail * bsize - leftBytes))
}

function manyMachines(base: string): string {
  return Array.from({ length: addsMax }, (_, index) => {
    const description = `description: ${'x'.repeat(500)}\n`
    return `dn: cn=f${index},ou=machines,${base}\nobjectClass: device\ncn: f${index}\n${description}\n`
  }).join('')
}
