// Why this file exists: hosts, ethers and spreadsheets are tables without a grammar worth the name; these are the ways in
// which people write them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut, machines, refused, taken } from './told.ts'

test('hosts and ethers: a card finds its machine by name or by address, in either order of the files', () => {
  const hosts = `127.0.0.1 localhost
::1 ip6-localhost
10.1.0.1   n001.cluster.test n001 node1   # first
10.1.0.2   n002.cluster.test
10.1.0.3\tn003.old.example n003
`
  const ethers = '52:54:0:0:1:1 n001\n5254.0000.0102 10.1.0.2\n52-54-00-00-01-03 n003.old.example\n'
  for (const files of [{ hosts, ethers }, { ethers, hosts }, { both: hosts + ethers }]) {
    const outcome = taken(files, { format: 'hosts' })
    assert.deepEqual(machines(outcome).toSorted(), [
      'n001=node1: 52:54:00:00:01:01 10.1.0.1',
      'n002: 52:54:00:00:01:02 10.1.0.2',
      'n003: 52:54:00:00:01:03 10.1.0.3',
    ])
    assert.match(
      leftOut(outcome).join('\n'),
      /localhost: it is every machine’s own\n.*IPv6 is not served yet\n.*old\.example/,
    )
  }
})

test('hosts and ethers: a line whose card nobody tells is left out, and so is a name of a further address', () => {
  const outcome = taken({
    hosts: '10.1.0.1 n1\n10.2.0.1 n1 n1-ib\n10.1.0.9 printer',
    ethers: '52:54:00:00:00:01 n1',
  })
  assert.deepEqual(machines(outcome), ['n1: 52:54:00:00:00:01 10.1.0.1 10.2.0.1'])
  assert.deepEqual(leftOut(outcome), [
    'hosts:2:1 the name n1-ib: it is the name of a further address of n1, which has none of its own',
    'hosts:3:1 printer 10.1.0.9: no MAC is known of it, and without one DHCP cannot know the machine',
  ])
})

test('hosts and ethers: a card of a machine is named below it', () => {
  const outcome = taken({
    hosts: '10.1.0.1 n1\n10.2.0.1 eth1.n1.cluster.test eth1.n1',
    ethers: '52:54:00:00:00:01 n1\n52:54:00:00:00:02 eth1.n1',
  })
  assert.deepEqual(machines(outcome), [
    'n1: 52:54:00:00:00:01 10.1.0.1 + eth1 52:54:00:00:00:02 10.2.0.1',
  ])
})

for (const [sentence, text, expected] of [
  ['commas', 'name,mac,ip\nn1,52:54:00:00:00:01,10.1.0.1\n', ['n1: 52:54:00:00:00:01 10.1.0.1']],
  [
    'semicolons and other names of columns, in another order',
    'IP Address;Host-Name;MAC Address\n10.1.0.1;n1;525400000001',
    ['n1: 52:54:00:00:00:01 10.1.0.1'],
  ],
  [
    'tabs, a byte order mark and ends of lines of another system',
    '\ufeffhostname\thwaddr\r\nn1\t5254.0000.0001\r\n',
    ['n1: 52:54:00:00:00:01'],
  ],
  [
    'quotes with delimiters, quotes and ends of lines in them',
    'name,mac,tags,"no\nsense"\n"n1","52:54:00:00:00:01, 52:54:00:00:00:02","a,b","say ""x"""\n',
    ['n1: 52:54:00:00:00:01 52:54:00:00:00:02'],
  ],
  [
    'several lines for the cards of one machine',
    'name,nic,mac,ip\nn1,,52:54:00:00:00:01,10.1.0.1\nn1,ib0,52:54:00:00:00:02,10.2.0.1',
    ['n1: 52:54:00:00:00:01 10.1.0.1 + ib0 52:54:00:00:00:02 10.2.0.1'],
  ],
  [
    'empty lines, comments and short rows',
    '# list\n\nname,mac,ip\n\n# more\nn1,52:54:00:00:00:01\n',
    ['n1: 52:54:00:00:00:01'],
  ],
  [
    'no name at all',
    'mac,ip\n52:54:00:00:00:01,10.1.0.1/16\n',
    ['m-525400000001: 52:54:00:00:00:01 10.1.0.1'],
  ],
] as const) {
  test(`csv: ${sentence}`, () => {
    const outcome = taken(text)
    assert.equal(outcome.format, 'csv')
    assert.deepEqual(machines(outcome), expected)
  })
}

test('csv: facts of machines have columns, and what is wrong in one is told at its field', () => {
  const outcome = taken(`name;mac;role;uuid;switch port;bmc;tags;boot file;kernel args;rack
n1;52:54:00:00:00:01;Host;11111111-2222-4333-8444-555555550001;eth7;10.9.0.1;gpu big;pxe.0;quiet debug;r1
n2;52:54:00:00:00:02;boss;x;;ipmi://admin:hush@10.9.0.2;;;;r1
n3;nonsense;;;;;;;;r1
n4;52:54:00:00:00:04;;;;;;;;r1;too many`)
  assert.deepEqual(outcome.machines[0]?.facts, {
    tags: ['gpu', 'big'],
    role: 'host',
    uuid: '11111111-2222-4333-8444-555555550001',
    power: 'ipmi://10.9.0.1',
    port: 'eth7',
    bootFile: 'pxe.0',
    bootParameters: ['quiet debug'],
  })
  assert.deepEqual(outcome.machines[1]?.facts, {})
  const told = leftOut(outcome)
  assert.deepEqual(told, [
    'file:1:63 the column rack: nobody here knows what it means',
    'file:3:22 role boss: it is no role: host or other',
    'file:3:27 uuid x: it is no UUID',
    'file:3:30 power: it is no URL without a secret, and no address',
    'file:4:4 nonsense: it is no Ethernet address of one card',
    'file:5:1 a row of 11 fields: the header names 10',
    'file:4:1 n3: no MAC is known of it, and without one DHCP cannot know the machine',
  ])
  assert.doesNotMatch(JSON.stringify(outcome), /hush/)
})

for (const [sentence, text, expected] of [
  [
    'no header',
    '52:54:00:00:00:01,n1\n',
    [
      'file:1:1: its first line must name the columns: one for MACs, and one for names or addresses',
    ],
  ],
  ['an open quote', 'name,mac\n"n1,52:54:00:00:00:01\n', ['file:2:1: this quote is never closed']],
  [
    'text behind a quote',
    'name,mac\n"n1"x,52:54:00:00:00:01\n',
    ['file:2:5: after a closing quote nothing but a delimiter may stand'],
  ],
  ['nothing at all', '', ['file:1:1: it is empty']],
] as const) {
  test(`csv: ${sentence} is refused`, () => {
    assert.deepEqual(refused(text, { format: 'csv' }), expected)
  })
}
