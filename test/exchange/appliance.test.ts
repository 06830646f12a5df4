// Why this file exists: from a file of another program to DNS and DHCP, and out again into the servers of others, through
// the appliance as its users start it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { eventually } from '../eventually.ts'
import { Appliance, applianceNeeds } from '../serve/appliance.ts'
import { vector } from './told.ts'

const coppice = join(import.meta.dirname, '../../bin/coppice')
let appliance: Appliance

before(async () => {
  if (applianceNeeds.skip !== undefined) return
  appliance = new Appliance('exchange')
  await appliance.start()
})
after(async () => {
  if (applianceNeeds.skip === undefined) await appliance.remove()
})

interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

async function run(...words: readonly string[]): Promise<Ran> {
  const server = `unix:${appliance.data}/api.sock`
  const { status, out, words: err } = await appliance.run([coppice, '--server', server, ...words])
  return { status, out, err }
}

function written(name: string, text: string): string {
  const path = join(appliance.folder, name)
  writeFileSync(path, text)
  return path
}

const isc = (): string => written('dhcpd.conf', vector('isc/grouphost4.conf'))

test(
  'what --dry-run shows, an import writes and DNS tells; the second import changes nothing',
  applianceNeeds,
  async () => {
    const text = `subnet 10.21.0.0 netmask 255.255.0.0 { range 10.21.9.1 10.21.9.9;
        option classless-routes 16,10,23,10,21,0,9; }
      host own1 { hardware ethernet 52:54:00:21:00:01; fixed-address 10.21.0.1, 10.22.0.1; }
      host own2 { hardware ethernet 52:54:00:21:00:02; fixed-address 10.21.0.2; }`
    const own = written('own.conf', text)
    const dry = await run('import', 'dhcpd', own, '--dry-run')
    assert.equal(dry.status, 0)
    assert.match(
      dry.out,
      /^version: 1\n\ndn: cn=net-10-21-0-0,ou=networks,dc=serve,dc=test\nchangetype: add\n/,
    )
    assert.match(dry.out, /\ncoppiceRoute: 10\.23\.0\.0\/16 10\.21\.0\.9\n/)
    assert.match(dry.out, /\nipHostNumber: 10\.21\.0\.1\nipHostNumber: 10\.22\.0\.1\n/)
    const first = await run('import', 'dhcpd', own, '--yes')
    assert.equal(first.status, 0, first.err)
    assert.match(first.err, /added net-10-21-0-0,own\[1-2\]/)
    assert.equal(await appliance.answerOf('own2'), '10.21.0.2')
    const second = await run('import', 'dhcpd', own, '--yes')
    assert.equal(second.status, 0)
    assert.match(second.err, /nothing to add: 0 changes/)
  },
)

test(
  'what --dry-run shows, ldapadd takes, and the import then finds it there',
  applianceNeeds,
  async () => {
    const file = written('nodes.conf', vector('warewulf/debug-nodes.conf'))
    const { out } = await run('import', file, '--role', 'host', '--dry-run')
    const { status, words } = await appliance.run(['ldapadd', ...appliance.admin()], out)
    assert.equal(status, 0, words)
    // What others write shows when it shows; node2 is the last of it.
    const isNamed = async () => (await appliance.answerOf('node2')) === '192.168.3.23'
    await eventually('DNS answers', isNamed)
    assert.equal(await appliance.answerOf('wwnet1.node1'), '192.168.3.22')
    const again = await run('import', file, '--role', 'host')
    assert.equal(again.status, 0)
    assert.match(again.err, /there already: default,node\[1-2\]/)
  },
)

test(
  'what is there otherwise is told and left, the rest is written, and one audit line says so',
  applianceNeeds,
  async () => {
    await run('import', 'dhcpd', isc(), '--yes')
    const table =
      'name,mac,ip\ntest1,00:0b:fd:32:e6:fb,10.5.5.9\nx1,52:54:00:00:00:01,10.5.5.12\nx2,52:54:00:00:00:02,10.5.5.2\n'
    const { status, err } = await run('import', written('a.csv', table), '--yes')
    assert.equal(status, 6)
    assert.match(err, /x2: 10\.5\.5\.2 belongs to test2/)
    assert.match(
      err,
      /test1: cn=test1,.* has for it 00:0b:fd:32:e6:fa instead of 00:0b:fd:32:e6:fb/,
    )
    assert.equal(await appliance.answerOf('x1'), '10.5.5.12')
  },
)

test(
  'a long file is read beside the other work, and what is wrong with it is told',
  applianceNeeds,
  async () => {
    const rows = Array.from({ length: 6000 }, (_, at) => {
      const mac = `52:54:01:00:${(at >> 8).toString(16).padStart(2, '0')}:${(at & 255).toString(16).padStart(2, '0')}`
      return `long-name-of-a-machine-${at},${mac},10.66.${at >> 8}.${at & 255}`
    })
    const text = `name,mac,ip\n${rows.join('\n')}\n`
    assert.ok(text.length > 256 * 1024)
    const dry = await run('import', written('long.csv', text), '--dry-run', '-o', 'name')
    assert.equal(dry.out.trim().split('\n').length, 6000)
    const bad = await run('import', 'csv', written('bad.csv', `${text}"`), '--dry-run')
    assert.deepEqual([bad.status, /bad\.csv:6002:1/.test(bad.err)], [2, true], bad.err)
  },
)

test(
  'the LDIF of an export fills an empty directory with the same machines',
  applianceNeeds,
  async () => {
    await run('import', 'dhcpd', isc(), '--yes')
    const { status, out } = await run('directory', 'export', 'ldif')
    assert.equal(status, 0)
    const data = join(appliance.folder, 'empty')
    mkdirSync(data)
    const conf = readFileSync(join(appliance.data, 'ldap/slapd.conf'), 'utf8')
    const elsewhere = conf.replaceAll(/^(directory\s+).*$/gm, `$1"${data}"`)
    assert.notEqual(elsewhere, conf)
    const [file, ldif] = [written('slapd.conf', elsewhere), written('all.ldif', out)]
    const into = ['-f', file, '-b', appliance.base]
    execFileSync('/usr/sbin/slapadd', ['-u', ...into, '-l', ldif], { stdio: 'pipe' })
    execFileSync('/usr/sbin/slapadd', [...into, '-l', ldif], { stdio: 'pipe' })
    const kept = execFileSync('/usr/sbin/slapcat', into, { encoding: 'utf8' })
    assert.match(kept, /^dn: cn=test1,ou=machines,dc=serve,dc=test$/m)
    assert.equal(kept.match(/^dn: cn=/gm)?.length, out.match(/^dn: cn=/gm)?.length)
  },
)

test('zones carry the serial that DNS tells at this moment', applianceNeeds, async () => {
  await run('import', 'dhcpd', isc(), '--yes')
  const { out } = await run('directory', 'export', 'zone')
  const serial = /SOA\t\S+ \S+ \( (\d+) /.exec(out)?.[1]
  const asked = await appliance.run(['dig', '+short', '@10.79.1.1', 'serve.test', 'SOA'])
  assert.equal(asked.out.split(' ')[2], serial)
  assert.match(out, /\ntest2\tIN\tA\t10\.5\.5\.2\n/)
  const { status, err } = await run('directory', 'export', 'zone', '--zone', 'example.com')
  assert.equal(status, 3)
  assert.match(err, /it serves serve\.test, /)
})
