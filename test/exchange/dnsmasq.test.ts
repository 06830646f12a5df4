// Why this file exists: dhcp-host is a list whose parts are told by their looks, and dnsmasq's manual shows a dozen kinds;
// each is here.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut, machines, networks, taken } from './told.ts'

for (const [sentence, line, machine, told] of [
  [
    'a card and an address',
    'dhcp-host=10:22:33:44:55:66,192.168.0.60',
    'm-102233445566: 10:22:33:44:55:66 192.168.0.60',
    '',
  ],
  ['a card and a name', 'dhcp-host=10:22:33:44:55:66,fred', 'fred: 10:22:33:44:55:66', ''],
  [
    'all of them and a lease time',
    'dhcp-host=10:22:33:44:55:66,fred,192.168.0.60,45m',
    'fred: 10:22:33:44:55:66 192.168.0.60',
    '45m: the length of a lease is the network’s here',
  ],
  [
    'several cards',
    'dhcp-host=10:22:33:44:55:66,12:34:56:78:90:12,192.168.0.60',
    'm-102233445566: 10:22:33:44:55:66 12:34:56:78:90:12 192.168.0.60',
    '',
  ],
  [
    'a name without a card',
    'dhcp-host=bert,192.168.0.70,infinite',
    undefined,
    'bert 192.168.0.70: no MAC is known of it, and without one DHCP cannot know the machine',
  ],
  [
    'a client identifier',
    'dhcp-host=id:01:02:02:04,192.168.0.60',
    undefined,
    'id:01:02:02:04: it holds no Ethernet address, and a client may call itself anything',
  ],
  [
    'a client identifier with a card in it',
    'dhcp-host=id:01:10:22:33:44:55:66,bert',
    'bert: 10:22:33:44:55:66',
    '',
  ],
  [
    'a client identifier of text',
    'dhcp-host=id:marjorie,192.168.0.60',
    undefined,
    'id:marjorie: it holds no Ethernet address, and a client may call itself anything',
  ],
  [
    'a card to be ignored',
    'dhcp-host=10:22:33:44:55:66,ignore',
    undefined,
    'dhcp-host 10:22:33:44:55:66,ignore: dnsmasq was told to ignore it, and nothing here is ignored',
  ],
  [
    'a card whose identifier is ignored',
    'dhcp-host=10:22:33:44:55:66,id:*,fred',
    'fred: 10:22:33:44:55:66',
    'id:*: client identifiers decide nothing here',
  ],
  ['a tag', 'dhcp-host=10:22:33:44:55:66,set:red,fred', 'fred: 10:22:33:44:55:66', ''],
  [
    'stars for octets',
    'dhcp-host=10:22:33:*:*:*,set:red',
    undefined,
    '10:22:33:*:*:*: it is no Ethernet address of one card',
  ],
  [
    'another kind of hardware',
    'dhcp-host=06-00:20:e0:3b:13:af,wally',
    undefined,
    '06-00:20:e0:3b:13:af: it is no Ethernet address of one card',
  ],
  [
    'an IPv6 address',
    'dhcp-host=10:22:33:44:55:66,fred,[1234::5]',
    'fred: 10:22:33:44:55:66',
    '[1234::5]: IPv6 is not served yet',
  ],
  [
    'quotes, blanks and a comment',
    '  dhcp-host = "10:22:33:44:55:66" , fred  # not george',
    'fred: 10:22:33:44:55:66',
    '',
  ],
  [
    'a line of a hosts file',
    '10:22:33:44:55:66,fred,192.168.0.60',
    'fred: 10:22:33:44:55:66 192.168.0.60',
    '',
  ],
  ['two dashes in front', '--dhcp-host=10:22:33:44:55:66,fred', 'fred: 10:22:33:44:55:66', ''],
] as const) {
  test(`dnsmasq: ${sentence}: ${line}`, () => {
    const outcome = taken(line, { format: 'dnsmasq' })
    assert.deepEqual(machines(outcome), machine === undefined ? [] : [machine])
    const lines = leftOut(outcome).map((each) => each.replace(/^file:1:\d+ /, ''))
    if (told === '') assert.deepEqual(lines, [])
    else assert.ok(lines.includes(told), lines.join('\n'))
  })
}

for (const [sentence, text, expected, asked] of [
  [
    'a range with a netmask is a network with a pool',
    'dhcp-range=192.168.0.50,192.168.0.150,255.255.255.0,12h\ndhcp-option=option:router,192.168.0.1',
    ['net-192-168-0-0 192.168.0.0/24 via 192.168.0.1 pool 192.168.0.50-192.168.0.150 for 43200'],
    [],
  ],
  [
    'a static range is a network without a pool',
    'dhcp-range=set:red,10.2.0.0,static,255.255.0.0',
    ['red 10.2.0.0/16'],
    [],
  ],
  [
    'a range without a netmask finds the network that is there',
    'dhcp-range=10.2.0.5,10.2.0.9',
    ['net-10-2-0-0 10.2.0.0/16 pool 10.2.0.5-10.2.0.9'],
    ['10.2.0.0/16'],
  ],
  [
    'a range without a netmask, and no network, is left out',
    'dhcp-range=10.2.0.5,10.2.0.9,1h',
    [],
    [],
  ],
  [
    'unknown machines that are ignored have no pool',
    'dhcp-range=10.2.0.5,10.2.0.9,255.255.0.0\ndhcp-ignore=tag:!known',
    ['net-10-2-0-0 10.2.0.0/16'],
    [],
  ],
  [
    'IPv6 and proxies are left out',
    'dhcp-range=1234::2, 1234::500, 64, 12h\ndhcp-range=10.0.0.0,proxy',
    [],
    [],
  ],
] as const) {
  test(`dnsmasq: ${sentence}`, () => {
    const outcome = taken(text, { known: asked })
    assert.deepEqual(networks(outcome), expected)
    if (expected.length === 0) assert.ok(outcome.leftOut.length > 0)
  })
}

test('dnsmasq: names come from host-record, address and cname, and the domain is cut off', () => {
  const outcome = taken(`domain=old.example
dhcp-host=52:54:00:00:00:01,10.1.0.1,n1
dhcp-host=52:54:00:00:00:02,10.2.0.1,n1
host-record=eth1.n1.old.example,10.2.0.1
host-record=web.old.example,www,10.1.0.1,fd00::1,3600
address=/ftp.old.example/10.1.0.1
cname=mail,smtp.old.example,n1
host-record=other,10.9.9.9`)
  assert.deepEqual(machines(outcome), [
    'n1=web=www=ftp=mail=smtp: 52:54:00:00:00:01 10.1.0.1 + eth1 52:54:00:00:00:02 10.2.0.1',
  ])
  assert.match(leftOut(outcome).join('\n'), /file:8:1 other 10.9.9.9: no MAC is known/)
})

test('dnsmasq: files that are not given along are told', () => {
  const text =
    'dhcp-range=10.2.0.0,static,255.255.0.0\nconf-file=/etc/dnsmasq.more.conf\ndhcp-hostsfile=/etc/hosts.d/macs\nread-ethers'
  const outcome = taken({ 'dnsmasq.conf': text, macs: 'dhcp-host=52:54:00:00:00:01,n1' })
  assert.deepEqual(machines(outcome), ['n1: 52:54:00:00:00:01'])
  assert.deepEqual(leftOut(outcome), [
    'dnsmasq.conf:2:1 conf-file=/etc/dnsmasq.more.conf: other files are not opened; give it along with this one',
    'dnsmasq.conf:4:1 read-ethers: give /etc/ethers to an import of the format hosts',
  ])
})
