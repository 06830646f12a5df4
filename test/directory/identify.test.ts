// Why this file exists: a wrong identity gives a stranger a host's keys, or leaves a good machine outside.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyDeltas, describeDoubt, emptySnapshot, identify, type Signs } from '#directory'
import { domain, id, label, mac, machine } from './samples.ts'

const zero = id(0)
const bmc = { id: id(101), label: label('bmc'), macs: [mac('02:00:00:00:00:11')] }
const machines = [
  machine(1, { macs: ['02:00:00:00:00:01'], uuid: id(91), port: 'sw1/1', children: [bmc] }),
  machine(2, { port: 'sw1/2', uuid: id(92) }),
  machine(3, { macs: ['02:00:00:00:00:03'], uuid: zero }),
  machine(4, { macs: ['02:00:00:00:00:04'], uuid: id(99) }),
  machine(5, { macs: ['02:00:00:00:00:05'], uuid: id(99) }),
  machine(6, { uuid: id(96), serial: 'S6' }),
  machine(7, { uuid: id(97), serial: 'S7', macs: ['02:00:00:00:00:07'] }),
  machine(8, { uuid: id(98) }),
]
const snapshot = applyDeltas(
  emptySnapshot(domain),
  machines.map((entry) => ({ kind: 'put', entry })),
)
const stranger = mac('02:ff:00:00:00:01')
const card = (number: number): Signs => ({ mac: mac(`02:00:00:00:00:0${number}`) })

function outcome(signs: Signs): string {
  const identity = identify(snapshot, signs)
  switch (identity.kind) {
    case 'known':
      return [
        `${identity.found.device.name} by ${identity.by}`,
        ...identity.doubts.map(({ kind }) => kind),
      ].join(', ')
    case 'proposed-replacement':
      return `proposed for ${identity.machine.name}`
    case 'unknown':
      return 'unknown'
  }
}

for (const [sentence, signs, expected] of [
  ['a known MAC identifies', card(1), 'n1 by mac'],
  ['signs that agree raise no doubt', { ...card(1), uuid: id(91), port: 'sw1/1' }, 'n1 by mac'],
  [
    'a known MAC with another UUID is doubted',
    { ...card(1), uuid: id(90) },
    'n1 by mac, other-uuid',
  ],
  [
    'a known MAC with the UUID of another machine is doubted',
    { ...card(3), uuid: id(91) },
    'n3 by mac, uuid-of-another',
  ],
  [
    'a known MAC from another port is doubted',
    { ...card(1), port: 'sw9/9' },
    'n1 by mac, other-port',
  ],
  [
    'a known MAC from the port of another machine is doubted',
    { ...card(3), port: 'sw1/1' },
    'n3 by mac, port-of-another',
  ],
  [
    'both doubts are told',
    { ...card(1), uuid: id(90), port: 'sw9/9' },
    'n1 by mac, other-uuid, other-port',
  ],
  [
    'a BMC is plugged in elsewhere without a doubt',
    { mac: mac('02:00:00:00:00:11'), port: 'sw9/9' },
    'n1 by mac',
  ],
  [
    'HOSTILE 71: a UUID of zeros speaks for and against nobody',
    { ...card(1), uuid: zero },
    'n1 by mac',
  ],
  [
    'HOSTILE 71: a described UUID of zeros is no description',
    { ...card(3), uuid: id(90) },
    'n3 by mac',
  ],
  ['HOSTILE 71: a shared UUID speaks against nobody', { ...card(1), uuid: id(99) }, 'n1 by mac'],
  [
    'HOSTILE 71: who is described with a shared UUID may show another',
    { ...card(4), uuid: id(90) },
    'n4 by mac',
  ],
  ['HOSTILE 71: a shared UUID identifies nobody', { mac: stranger, uuid: id(99) }, 'unknown'],
  ['a port identifies a machine without MAC', { mac: stranger, port: 'sw1/2' }, 'n2 by port'],
  [
    'a port identifies, and the UUID may still doubt it',
    { mac: stranger, port: 'sw1/2', uuid: id(90) },
    'n2 by port, other-uuid',
  ],
  [
    'a new MAC on a described port is a proposed replacement',
    { mac: stranger, port: 'sw1/1' },
    'proposed for n1',
  ],
  [
    'the port counts before UUID and serial number',
    { mac: stranger, port: 'sw1/2', uuid: id(96), serial: 'S6' },
    'n2 by port, uuid-of-another',
  ],
  [
    'UUID and serial number identify a machine without MAC',
    { mac: stranger, uuid: id(96), serial: 'S6' },
    'n6 by uuid-and-serial',
  ],
  [
    'UUID and serial number of a machine with other MACs only propose',
    { mac: stranger, uuid: id(97), serial: 'S7' },
    'proposed for n7',
  ],
  [
    'a UUID with another serial number is unknown',
    { mac: stranger, uuid: id(96), serial: 'S9' },
    'unknown',
  ],
  ['HOSTILE 71: a UUID alone never identifies', { mac: stranger, uuid: id(96) }, 'unknown'],
  ['two absent serial numbers are not equal ones', { mac: stranger, uuid: id(98) }, 'unknown'],
  ['a stranger is unknown', { mac: stranger, port: 'sw9/9', uuid: id(90), serial: 'x' }, 'unknown'],
] as const) {
  test(sentence, () => {
    assert.equal(outcome(signs), expected)
  })
}

test('each doubt can be said in a sentence that shows what was seen', () => {
  const identity = identify(snapshot, { ...card(1), uuid: id(92), port: 'sw\n9' })
  assert.ok(identity.kind === 'known')
  const [uuid, port] = identity.doubts.map(describeDoubt)
  assert.match(uuid ?? '', /belongs to n2/)
  assert.match(port ?? '', /"sw\\n9"/)
})
