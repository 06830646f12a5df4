// Why this file exists: what a node is told by firmware and by DHCP comes from outside; the scripts that carry it out are
// run here by the shell of the image, with a table and a lease laid before them.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { needs } from '../needs.ts'

const scripts = join(import.meta.dirname, '../../images/voc-compute/root/usr/lib/coppice')
const busybox = '/usr/bin/busybox'
const needsBusybox = needs('busybox-static and util-linux', busybox, '/usr/bin/unshare')
const work = mkdtempSync(join(tmpdir(), 'coppice-node-'))
after(() => rmSync(work, { recursive: true, force: true }))

/** An image script in which the paths of the image are paths below `folder`. */
function scriptIn(folder: string, name: string): string {
  const text = readFileSync(join(scripts, name), 'utf8')
    .replace('. /usr/lib/coppice/words', `. ${folder}/words`)
    .replaceAll('/etc/resolv.conf', `${folder}/resolv.conf`)
    .replaceAll('/etc/hosts', `${folder}/hosts`)
    .replaceAll('/sys/class/net', `${folder}/net`)
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** SMBIOS 7.12: head of five bytes, count, and strings that each end with a zero byte, and one more. */
function oemTable(...strings: readonly string[]): Buffer {
  const texts = strings.map((one) => `${one}\0`).join('')
  return Buffer.concat([Buffer.from([11, 5, 0, 14, strings.length]), Buffer.from(`${texts}\0`)])
}

function takenKeys(before: string | undefined, ...strings: readonly string[]): string {
  const folder = mkdtempSync(join(work, 'keys-'))
  const keys = join(folder, 'ssh/authorized_keys')
  if (before !== undefined) {
    mkdirSync(join(folder, 'ssh'))
    writeFileSync(keys, before)
  }
  writeFileSync(join(folder, 'words'), 'state=/nowhere\n')
  writeFileSync(join(folder, 'raw'), oemTable(...strings))
  execFileSync(busybox, ['sh', scriptIn(folder, 'take-keys'), join(folder, 'raw')], {
    env: { PATH: '/usr/bin:/bin', keys_file: keys },
  })
  return readFileSync(keys, 'utf8')
}

const name = 'ssh.authorized_keys.root'
const binary = (text: string): string =>
  `io.systemd.credential.binary:${name}=${Buffer.from(text).toString('base64')}`

for (const [sentence, before, strings, keys] of [
  ['a key in base64 is taken', undefined, [binary('ssh-ed25519 AA a\n')], 'ssh-ed25519 AA a\n'],
  [
    'a key as it is is taken',
    undefined,
    [`io.systemd.credential:${name}=ssh-ed25519 AA b c`],
    'ssh-ed25519 AA b c\n',
  ],
  [
    'several keys in one string are taken',
    undefined,
    [`io.systemd.credential:${name}=ssh-rsa A\nssh-rsa B`],
    'ssh-rsa A\nssh-rsa B\n',
  ],
  [
    'a key without a line end does not run into the next string',
    undefined,
    [binary('ssh-rsa A'), binary('ssh-rsa B')],
    'ssh-rsa A\nssh-rsa B\n',
  ],
  [
    'other strings and other credentials are left alone',
    undefined,
    ['hello', `io.systemd.credential:${name}.d=ssh-rsa X`, 'io.systemd.credential:x=ssh-rsa Y'],
    '',
  ],
  [
    'HOSTILE 66: shell in a string is text',
    undefined,
    [binary('$(touch /x) `id`')],
    '$(touch /x) `id`\n',
  ],
  [
    'a key that is there already is not taken twice, and what the owner added stays',
    'ssh-rsa mine\nssh-rsa A\n',
    [binary('ssh-rsa A\n')],
    'ssh-rsa mine\nssh-rsa A\n',
  ],
  ['what is no base64 is no key', undefined, [`io.systemd.credential.binary:${name}=%%%`], ''],
] as const) {
  test(`of the firmware's strings, ${sentence}`, { ...needsBusybox }, () => {
    assert.equal(takenKeys(before, ...strings), keys)
  })
}

/**
 * Whatever a script does to a name or a network, it is not this machine's: run by root, it has a network and a name of its
 * own. Others may change neither.
 */
const apart = process.getuid?.() === 0 ? ['/usr/bin/unshare', '--net', '--uts', '--'] : []

interface Told {
  readonly resolver: string
  readonly hosts: string
  /** Every call of ip and hostname, as one line each. */
  readonly calls: readonly string[]
}

/** What the leases of one node lead to, one after another. */
function leases(...all: readonly Readonly<Record<string, string>>[]): Told {
  const folder = mkdtempSync(join(work, 'lease-'))
  const calls = join(folder, 'calls')
  writeFileSync(calls, '')
  // The shell of the image goes to its own ip and hostname before it looks at PATH; functions come before both.
  const stubs = ['ip', 'hostname'].map(
    (name) => `${name}() { [ $# -eq 0 ] || echo "${name} $*" >>${calls}; }`,
  )
  writeFileSync(
    join(folder, 'words'),
    [`state=${folder}/run`, 'say() { :; }', ...stubs, ''].join('\n'),
  )
  for (const [index, nic] of ['eth0', 'eth1'].entries()) {
    mkdirSync(join(folder, 'net', nic), { recursive: true })
    writeFileSync(join(folder, 'net', nic, 'ifindex'), `${index + 2}\n`)
  }
  const script = scriptIn(folder, 'lease')
  for (const { event = 'bound', ...lease } of all) {
    const usual = { interface: 'eth0', ip: '10.128.0.5', mask: '20' }
    const env = { PATH: '/usr/bin:/bin', ...usual, ...lease }
    const [program, ...words] = [...apart, busybox, 'sh', script, event]
    execFileSync(program, words, { env })
  }
  return {
    resolver: readFileSync(join(folder, 'resolv.conf'), 'utf8'),
    hosts: readFileSync(join(folder, 'hosts'), 'utf8'),
    calls: readFileSync(calls, 'utf8').trim().split('\n'),
  }
}

const full = {
  hostname: 'compute1.hpl.physics',
  domain: 'physics',
  search: 'hpl.physics physics',
  dns: '10.128.0.1 10.128.0.2',
  router: '10.128.0.1',
  mtu: '1400',
}

test(
  'a lease gives a node its name, its search list, its resolvers and the size of its packets',
  {
    ...needsBusybox,
  },
  () => {
    const told = leases(full)
    assert.equal(
      told.resolver,
      'search hpl.physics physics\nnameserver 10.128.0.1\nnameserver 10.128.0.2\n',
    )
    assert.equal(told.hosts, '127.0.0.1 localhost\n10.128.0.5 compute1.hpl.physics compute1\n')
    assert.deepEqual(told.calls, [
      'ip link set eth0 mtu 1400',
      'ip -4 address replace 10.128.0.5/20 dev eth0',
      'ip -4 route replace 0.0.0.0/0 via 10.128.0.1 dev eth0 metric 2',
      'hostname compute1',
    ])
  },
)

test(
  'a name without dots gets the domain of the lease in the table of hosts',
  { ...needsBusybox },
  () => {
    const told = leases({ hostname: 'n1', domain: 'hpl.physics' })
    assert.equal(told.hosts, '127.0.0.1 localhost\n10.128.0.5 n1.hpl.physics n1\n')
    assert.equal(told.resolver, 'search hpl.physics\n')
  },
)

test(
  'RFC 3442: where there are classless routes, the router is not looked at',
  { ...needsBusybox },
  () => {
    const staticroutes = '10.9.0.0/16 0.0.0.0 0.0.0.0/0 10.128.0.9'
    assert.deepEqual(leases({ router: '10.128.0.1', staticroutes }).calls, [
      'ip -4 address replace 10.128.0.5/20 dev eth0',
      'ip -4 route replace 10.9.0.0/16 scope link dev eth0 metric 2',
      'ip -4 route replace 0.0.0.0/0 via 10.128.0.9 dev eth0 metric 2',
    ])
  },
)

test(
  'a renewed lease that says the same changes nothing, another address takes the old one away',
  {
    ...needsBusybox,
  },
  () => {
    const again = leases({ router: '10.128.0.1' }, { event: 'renew', router: '10.128.0.1' })
    assert.deepEqual(again.calls.slice(0, 2), again.calls.slice(2))
    const moved = leases({}, { event: 'renew', ip: '10.128.0.6' })
    assert.ok(moved.calls.includes('ip -4 address delete 10.128.0.5/20 dev eth0'))
  },
)

test('a route that a renewed lease no longer has goes away', { ...needsBusybox }, () => {
  const { calls } = leases({ router: '10.128.0.1' }, { event: 'renew', router: '10.128.0.2' })
  assert.ok(calls.includes('ip -4 route delete 0.0.0.0/0 via 10.128.0.1 dev eth0 metric 2'))
})

test(
  'of two cards each has its routes and its line in the table of hosts, and the first names the node',
  {
    ...needsBusybox,
  },
  () => {
    const second = { interface: 'eth1', ip: '10.200.0.7', hostname: 'other', dns: '10.200.0.1' }
    const told = leases({ ...full, dns: '10.128.0.1' }, { ...second, router: '10.200.0.1' })
    assert.match(told.hosts, /10\.128\.0\.5 compute1\.hpl\.physics compute1\n10\.200\.0\.7 other\n/)
    assert.match(told.resolver, /nameserver 10\.128\.0\.1\nnameserver 10\.200\.0\.1\n/)
    assert.deepEqual(
      told.calls.filter((call) => call.startsWith('hostname ')),
      ['hostname compute1'],
    )
    assert.ok(told.calls.includes('ip -4 route replace 0.0.0.0/0 via 10.200.0.1 dev eth1 metric 3'))
  },
)

test('a lease that is lost takes address, name and resolvers with it', { ...needsBusybox }, () => {
  const told = leases(full, { event: 'deconfig' })
  assert.equal(told.resolver, '')
  assert.equal(told.hosts, '127.0.0.1 localhost\n')
  assert.equal(told.calls.at(-1), 'ip -4 address flush dev eth0')
})

test(
  'HOSTILE 66: of a lease only what has the form of a name or an address is used',
  {
    ...needsBusybox,
  },
  () => {
    const told = leases({
      hostname: '$(reboot)',
      search: 'a;b good.example --x',
      dns: '10.0.0.1 x"y *',
      router: '-batch',
      mtu: '1400;id',
    })
    assert.equal(told.resolver, 'search good.example\nnameserver 10.0.0.1\n')
    assert.equal(told.hosts, '127.0.0.1 localhost\n')
    assert.deepEqual(told.calls, ['ip -4 address replace 10.128.0.5/20 dev eth0'])
  },
)
