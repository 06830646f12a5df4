// Why this file exists: Kea's dialect of JSON and its five kinds of reservations, in shapes that its examples do not show.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut, machines, networks, refused, taken } from './told.ts'

const mac = (last: number): string => `52:54:00:00:00:0${last}`

test('kea: comments of all three kinds, forgiven commas and escapes are read', () => {
  const outcome = taken(`/* head */ # one
// two
{ "Dhcp4": { "subnet4": [ { "subnet": "10.1.0.0/16", /* "subnet": "x" */ "pools": [ { "pool": "10.1.1.0/24" }, ], },
  ], "comment": "# no comment, \\"// nor this\\" \\u00e9", }, }`)
  assert.deepEqual(networks(outcome), ['net-10-1-0-0 10.1.0.0/16 pool 10.1.1.0-10.1.1.255'])
})

test('kea: reservations are found globally, in subnets and in shared networks', () => {
  const host = (at: number): string => `{ "hw-address": "${mac(at)}", "hostname": "h${at}" }`
  const outcome = taken(`{ "Dhcp4": { "reservations": [ ${host(1)} ],
    "subnet4": [ { "subnet": "10.1.0.0/16", "reservations": [ ${host(2)} ] } ],
    "shared-networks": [ { "name": "s", "subnet4": [ { "subnet": "10.2.0.0/16", "reservations": [ ${host(3)} ] } ] } ] } }`)
  assert.deepEqual(machines(outcome), [`h1: ${mac(1)}`, `h2: ${mac(2)}`, `h3: ${mac(3)}`])
})

test('kea: each kind of identifier becomes a card, a port or a UUID, or is told', () => {
  const outcome = taken(`{ "Dhcp4": {
    "hooks-libraries": [ { "library": "libdhcp_flex_id.so", "parameters": { "identifier-expression": "relay4[1].hex" } } ],
    "subnet4": [ { "subnet": "10.1.0.0/16", "reservations": [
      { "client-id": "01525400000001", "hostname": "a" },
      { "client-id": "00:11111111222243338444555555550001", "hostname": "x" },
      { "client-id": "0011111111222243338444555555550001", "hostname": "b" },
      { "circuit-id": "'swp7'", "hostname": "c" },
      { "flex-id": "'swp8'", "hostname": "d" },
      { "duid": "01:02", "hostname": "e" } ] } ] } }`)
  assert.deepEqual(
    outcome.machines.map(({ name, nics, facts }) => [
      name,
      nics[0]?.macs[0] ?? facts.port ?? facts.uuid,
    ]),
    [
      ['a', mac(1)],
      ['b', '11111111-2222-4333-8444-555555550001'],
      ['c', 'swp7'],
      ['d', 'swp8'],
    ],
  )
  const told = leftOut(outcome).join('\n')
  assert.match(told, /client-id: it holds no Ethernet address/)
  assert.match(told, /reservations\[5\]\.duid: a machine is known by/)
  assert.match(told, /e: no MAC is known/)
})

test('kea: routers and lifetimes are inherited, and options may be numbers or hex', () => {
  const outcome =
    taken(`{ "Dhcp4": { "valid-lifetime": 900, "option-data": [ { "code": 3, "data": "10.1.0.1" } ],
    "subnet4": [ { "subnet": "10.1.0.0/16" }, { "subnet": "10.2.0.0/16", "valid-lifetime": 600,
      "option-data": [ { "name": "routers", "csv-format": false, "data": "0a020001" } ] },
      { "subnet": "10.3.0.0/16" } ] } }`)
  assert.deepEqual(networks(outcome), [
    'net-10-1-0-0 10.1.0.0/16 via 10.1.0.1 for 900',
    'net-10-2-0-0 10.2.0.0/16 via 10.2.0.1 for 600',
    'net-10-3-0-0 10.3.0.0/16 for 900',
  ])
})

test('kea: what config-get answers is read as the file itself', () => {
  const outcome = taken(
    '[ { "result": 0, "arguments": { "Dhcp4": { "subnet4": [ { "subnet": "10.1.0.0/16" } ] } } } ]',
  )
  assert.deepEqual(networks(outcome), ['net-10-1-0-0 10.1.0.0/16'])
})

test('kea: includes, databases and unknown keys are told with their paths', () => {
  const told = leftOut(
    taken(`{ "Dhcp4": { "hosts-database": { "password": "hush" },
 "subnet4": [ <?include "/etc/kea/subnets.json"?> ], "hooks-libraries": <?include "hooks.json"?>,
 "frobnicate": 1 } }`),
  )
  assert.deepEqual(told, [
    'file:2:15 include "/etc/kea/subnets.json": other files are not opened; put its text here',
    'file:2:73 include "hooks.json": other files are not opened; put its text here',
    'file:1:14 Dhcp4.hosts-database: reservations in a database are not in this file; export them first',
    'file:2:54 Dhcp4.hooks-libraries: what hooks do is not understood',
    'file:3:2 Dhcp4.frobnicate: nothing here corresponds to it',
  ])
  assert.doesNotMatch(told.join('\n'), /hush/)
})

for (const [sentence, text, expected] of [
  [
    'a missing comma',
    '{ "Dhcp4": { "a": 1\n "b": 2 } }',
    'file:2:2: this is not JSON as Kea reads it: a comma or a brace is missing here',
  ],
  [
    'an open string',
    '{ "Dhcp4": { "a": "x\n" } }',
    'file:1:19: this is not JSON as Kea reads it: this string is never closed on its line',
  ],
  [
    'an open comment',
    '{ "Dhcp4": { /* } }',
    'file:1:14: this is not JSON as Kea reads it: this comment is never closed',
  ],
  [
    'something behind the end',
    '{ "Dhcp4": {} } x',
    'file:1:17: this is not JSON as Kea reads it: nothing may follow the last brace',
  ],
  ['no Dhcp4', '{ "Dhcp6": {} }', 'file:1:1: it holds no Dhcp4'],
  [
    'endless nesting',
    `{ "Dhcp4": ${'['.repeat(5000)}`,
    'file:1:112: this is not JSON as Kea reads it: it is nested more than 100 deep',
  ],
] as const) {
  test(`kea: ${sentence} is refused at its place`, () => {
    assert.deepEqual(refused(text, { format: 'kea' }), [expected])
  })
}

test('kea: values of a wrong kind are told, and the rest is taken', () => {
  const outcome =
    taken(`{ "Dhcp4": { "subnet4": [ 7, { "subnet": "10.1.0.0/33" }, { "subnet": "10.2.0.0/16", "pools": {},
    "reservations": [ { "hw-address": 5, "ip-address": "10.2.0.300" }, "x" ] } ], "valid-lifetime": "long" } }`)
  assert.deepEqual(networks(outcome), ['net-10-2-0-0 10.2.0.0/16'])
  assert.equal(leftOut(outcome).length, 8)
})
