// Why this file exists: dhcpd.conf files of thirty years are as different as their authors; each promise here is one kind of
// them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut, machines, networks, refused, taken } from './told.ts'

const subnet = 'subnet 10.1.0.0 netmask 255.255.0.0'

for (const [sentence, text, expected] of [
  [
    'a host may have its name from option host-name, its address in octets without zeros',
    'host rack1-node7 { hardware ethernet 0:0:c0:5d:bd:95; option host-name "n007"; fixed-address 10.1.0.7; }',
    ['n007: 00:00:c0:5d:bd:95 10.1.0.7'],
  ],
  [
    'several hosts with one host name are cards of one machine',
    `host n1 { hardware ethernet 52:54:00:00:00:01; option host-name "n1"; fixed-address 10.1.0.1; }
     host n1-ib { hardware ethernet 52:54:00:00:00:02; option host-name "n1"; fixed-address 10.2.0.1; }`,
    ['n1: 52:54:00:00:00:01 10.1.0.1 + ib 52:54:00:00:00:02 10.2.0.1'],
  ],
  [
    'several hosts with one card are one machine with an address on each network',
    `${subnet} {} subnet 10.2.0.0 netmask 255.255.0.0 {}
     host a-net1 { hardware ethernet 52:54:00:00:00:01; fixed-address 10.1.0.1; }
     host a-net2 { hardware ethernet 52:54:00:00:00:01; fixed-address 10.2.0.1; }`,
    ['a-net1: 52:54:00:00:00:01 10.1.0.1 10.2.0.1'],
  ],
  [
    'a client identifier that is an Ethernet address is one, in octets and as a string',
    `host a { option dhcp-client-identifier 01:52:54:00:00:00:01; fixed-address 10.1.0.1; }
     host b { uid "\\001RT\\000\\000\\000\\002"; }
     host c { host-identifier option dhcp-client-identifier 1:52:54:0:0:0:3; }`,
    ['a: 52:54:00:00:00:01 10.1.0.1', 'b: 52:54:00:00:00:02', 'c: 52:54:00:00:00:03'],
  ],
  [
    'comments, strings with marks in them and braces in values end nothing',
    `option x code 250 = { boolean, unsigned integer 8 }; # } not this {
     option y "; } # {";
     host a { hardware ethernet 52:54:00:00:00:01; # }
     };`,
    ['a: 52:54:00:00:00:01'],
  ],
  [
    'hosts inside subnets, groups and shared networks are found',
    `shared-network x { ${subnet} { host a { hardware ethernet 52:54:00:00:00:01; } }
     group { group { host b { hardware ethernet 52:54:00:00:00:02; } } } }`,
    ['a: 52:54:00:00:00:01', 'b: 52:54:00:00:00:02'],
  ],
  [
    'a domain that the file states is cut off, and a name of another is short where that is enough',
    `option domain-name "old.example";
     host n1.old.example { hardware ethernet 52:54:00:00:00:01; }
     host n2.rack2.old.example { hardware ethernet 52:54:00:00:00:02; }
     host db.a.example { hardware ethernet 52:54:00:00:00:03; }
     host db.b.example { hardware ethernet 52:54:00:00:00:04; }
     host www.b.example { hardware ethernet 52:54:00:00:00:05; }`,
    [
      'n1: 52:54:00:00:00:01',
      'n2.rack2: 52:54:00:00:00:02',
      'db.a.example: 52:54:00:00:00:03',
      'db.b.example: 52:54:00:00:00:04',
      'www: 52:54:00:00:00:05',
    ],
  ],
  [
    'underscores become hyphens, and a host whose name is none is called by its card',
    `host node_1 { hardware ethernet 52:54:00:00:00:01; }
     host "Büro 7" { hardware ethernet 52:54:00:00:00:02; }
     host 10.1.0.3 { hardware ethernet 52:54:00:00:00:03; }`,
    [
      'node-1: 52:54:00:00:00:01',
      'm-525400000002: 52:54:00:00:00:02',
      'm-525400000003: 52:54:00:00:00:03',
    ],
  ],
] as const) {
  test(`dhcpd: ${sentence}`, () => {
    assert.deepEqual(machines(taken(text, { format: 'dhcpd' })), expected)
  })
}

test('dhcpd: a circuit id becomes the port; a PXE client id the UUID, and what firmware calls itself too', () => {
  const { machines: found } = taken(
    `host a { host-identifier option agent.circuit-id "eth0/7"; fixed-address 10.1.0.1; }
     host b { host-identifier option agent.circuit-id 00:04:00:07; }
     host c { host-identifier option pxe-client-id 00:11:11:11:11:22:22:43:33:84:44:55:55:55:55:00:01; }
     host d { uid 00:11:11:11:11:22:22:43:33:84:44:55:55:55:55:00:02; fixed-address 10.1.0.4; }`,
  )
  assert.deepEqual(
    found.map(({ name, facts }) => [name, facts.port, facts.uuid]),
    [
      ['a', 'eth0/7', undefined],
      ['b', '0x00040007', undefined],
      ['c', undefined, '11111111-2222-4333-8444-555555550001'],
      ['d', undefined, '11111111-2222-4333-8444-555555550002'],
    ],
  )
})

for (const [sentence, text, expected] of [
  [
    'what a block says after a subnet counts for the subnet too',
    `group { ${subnet} { range 10.1.0.10 10.1.0.20; } default-lease-time 1200; option routers 10.1.0.1; }`,
    ['net-10-1-0-0 10.1.0.0/16 via 10.1.0.1 pool 10.1.0.10-10.1.0.20 for 1200'],
  ],
  [
    'ranges that touch are one pool, and of several the largest is kept',
    `${subnet} { range 10.1.0.10 10.1.0.20; range 10.1.0.21 10.1.0.30; range 10.1.9.1; }`,
    ['net-10-1-0-0 10.1.0.0/16 pool 10.1.0.10-10.1.0.30'],
  ],
  [
    'a pool that is closed to unknown clients is no pool for them',
    `${subnet} { pool { deny unknown-clients; range 10.1.0.10 10.1.0.20; } }`,
    ['net-10-1-0-0 10.1.0.0/16'],
  ],
  [
    'pools of a shared network go to the subnets around them',
    `shared-network s { pool { range 10.2.0.5 10.2.0.9; } ${subnet} {} subnet 10.2.0.0 netmask 255.255.0.0 {} }`,
    ['s 10.1.0.0/16', 'net-10-2-0-0 10.2.0.0/16 pool 10.2.0.5-10.2.0.9'],
  ],
  [
    'a subnet inside another is left out',
    `${subnet} {} subnet 10.1.2.0 netmask 255.255.255.0 {}`,
    ['net-10-1-0-0 10.1.0.0/16'],
  ],
  [
    'a pool is cut to the addresses of machines',
    'subnet 10.1.0.0 netmask 255.255.255.0 { range 10.1.0.0 10.1.0.255; option routers 10.9.0.1; }',
    ['net-10-1-0-0 10.1.0.0/24 pool 10.1.0.1-10.1.0.254'],
  ],
] as const) {
  test(`dhcpd: ${sentence}`, () => {
    assert.deepEqual(networks(taken(text)), expected)
  })
}

for (const [sentence, text, expected] of [
  [
    'an include is told, not opened',
    'include "/etc/dhcp/hosts.conf";\nhost a {}',
    /^file:1:1 include "\/etc\/dhcp\/hosts.conf": other files/,
  ],
  ['a class is told', 'class "x" { match if true; }', /^file:1:1 class: there are no classes/],
  [
    'a condition is told',
    `${subnet} { if option x = 1 { filename "a"; } else { filename "b"; } }`,
    /^file:1:\d+ if: conditions/,
  ],
  [
    'a key is told without its secret',
    'key k { algorithm hmac-md5; secret "hush=="; };\nhost a {}',
    /^file:1:1 key: names follow/,
  ],
  [
    'an address that two hosts claim is told with both places',
    'host a { hardware ethernet 52:54:00:00:00:01; fixed-address 10.1.0.1; }\nhost b { hardware ethernet 52:54:00:00:00:02; fixed-address 10.1.0.1; }',
    /^file:2:1 b 52:54:00:00:00:02: its address belongs to a \(file:1:1\)/,
  ],
  [
    'a second address on one network is told',
    `${subnet} {}\nhost a { hardware ethernet 52:54:00:00:00:01; fixed-address 10.1.0.1, 10.1.0.2; }`,
    /^file:2:1 10.1.0.2: the card has 10.1.0.1 on the same network/,
  ],
  [
    'a host of a token ring is told',
    'host a { hardware token-ring 52:54:00:00:00:01; }',
    /^file:1:10 hardware: it is no Ethernet/,
  ],
] as const) {
  test(`dhcpd: ${sentence}`, () => {
    const lines = leftOut(taken(text, { format: 'dhcpd' }))
    assert.ok(
      lines.some((line) => expected.test(line)),
      lines.join('\n'),
    )
    assert.doesNotMatch(lines.join('\n'), /hush/)
  })
}

test('dhcpd: several mistakes are told together, each with its place', () => {
  assert.deepEqual(
    refused('subnet 10.0.0.0 { }\nhost a { hardware ethernet 1:2:3:4:5:6 }\nrange 1.2.3.4;\n}', {
      format: 'dhcpd',
    }),
    ['file:2:40: a semicolon is missing before this brace', 'file:4:1: this brace closes nothing'],
  )
  assert.deepEqual(
    refused('range 1.2.3.4;\nsubnet 10.0.0.0 { }\nhost a { host b { } }', { format: 'dhcpd' }),
    [
      'file:1:1: range declared outside of a subnet',
      'file:2:1: subnet 10.0.0.0 has no netmask',
      'file:3:10: host declarations are not allowed inside a host',
    ],
  )
  assert.deepEqual(refused('host a { option x "never', { format: 'dhcpd' }).slice(0, 1), [
    'file:1:19: this string is never closed',
  ])
})

test('dhcpd: files that include each other are read together', () => {
  const outcome = taken({
    'dhcpd.conf': `include "/etc/dhcp/hosts.conf";\n${subnet} {}`,
    'hosts.conf': 'host a { hardware ethernet 52:54:00:00:00:01; }',
  })
  assert.deepEqual(machines(outcome), ['a: 52:54:00:00:00:01'])
  assert.deepEqual(leftOut(outcome), [])
})
