// Why this file exists: a power address comes from LDAP and ends in sockets and argument lists; nothing that could be
// something else gets through.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseMac } from '#directory'
import { magicPacket, openPower, parsePowerAddress } from '#power'
import { hurriedClock } from './clock.ts'

for (const [text, shown] of [
  [
    'redfish+https://bmc1.test/redfish/v1/Systems/1',
    'redfish https://bmc1.test/redfish/v1/Systems/1',
  ],
  [
    'redfish+http://10.0.0.1:8000/redfish/v1/Systems/System.Embedded.1/',
    'redfish http://10.0.0.1:8000/redfish/v1/Systems/System.Embedded.1',
  ],
  [
    'redfish+https://[fe80::1]/redfish/v1/Systems/x',
    'redfish https://[fe80::1]/redfish/v1/Systems/x',
  ],
  ['ipmi://10.0.0.1', 'ipmi 10.0.0.1 623 3'],
  ['ipmi://bmc1.test:6230?cipher=17', 'ipmi bmc1.test 6230 17'],
  ['ipmi://[fe80::1]/', 'ipmi fe80::1 623 3'],
  ['wol://', 'wake 255.255.255.255 9'],
  ['wol://10.77.0.255:7', 'wake 10.77.0.255 7'],
] as const) {
  test(`${text} is a power address`, () => {
    const parsed = parsePowerAddress(text)
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.refusal)
    assert.equal(show(parsed.address), shown)
  })
}

function show(
  address: Extract<ReturnType<typeof parsePowerAddress>, { ok: true }>['address'],
): string {
  switch (address.kind) {
    case 'redfish':
      return `redfish ${address.system.href}`
    case 'ipmi':
      return `ipmi ${address.host} ${address.port} ${address.cipher}`
    case 'wake': {
      const n = address.broadcast
      return `wake ${[n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')} ${address.port}`
    }
  }
}

for (const [sentence, text] of [
  ['HOSTILE 70: IPMI cipher suite 0 is refused', 'ipmi://10.0.0.1?cipher=0'],
  ['HOSTILE 66: a password in the address is refused', 'ipmi://admin:hunter2@10.0.0.1'],
  [
    'HOSTILE 66: a password in a Redfish address is refused',
    'redfish+https://a:hunter2@h/redfish/v1/Systems/1',
  ],
  ['HOSTILE 23: a host that is an option is refused', 'ipmi://-f/etc/shadow'],
  ['HOSTILE 23: a host that is an option is refused without a path too', 'ipmi://-Ofile'],
  ['HOSTILE 23: shell text as a host is refused', 'ipmi://a;reboot'],
  ['HOSTILE 23: a substitution as a host is refused', 'ipmi://$(reboot)'],
  [
    'HOSTILE 23: a path that leaves the systems is refused',
    'redfish+http://h/redfish/v1/Systems/../Managers',
  ],
  ['a Redfish address without a system is refused', 'redfish+http://h/redfish/v1'],
  ['a pin that is no fingerprint is refused', 'redfish+https://h/redfish/v1/Systems/1?pin=12'],
  ['a file is no power address', 'file:///etc/passwd'],
  ['plain HTTP is no power address', 'http://h/redfish/v1/Systems/1'],
  ['text is no power address', 'n001'],
  ['a page of text is no power address', `ipmi://${'a'.repeat(2000)}`],
  ['a name is no broadcast address', 'wol://everybody'],
] as const) {
  test(sentence, () => {
    assert.equal(parsePowerAddress(text).ok, false)
    const options = { url: text, macs: [], secretFolder: '/nowhere', clock: hurriedClock() }
    assert.throws(
      () => openPower(options),
      (error: Error & { code?: string; text?: { where: string } }) => {
        assert.doesNotMatch(`${error.message} ${error.text?.where}`, /hunter2/)
        return error.code === 'CPC-POW-004'
      },
    )
  })
}

test('any text is an address or refused, and an accepted host is never an option or shell text', () => {
  const text = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.string().map((rest) => `ipmi://${rest}`),
  )
  fc.assert(
    fc.property(text, (any) => {
      const parsed = parsePowerAddress(any)
      const isIpmi = parsed.ok && parsed.address.kind === 'ipmi'
      return (
        !isIpmi || /^[A-Za-z0-9:][A-Za-z0-9.:-]*$/.test(show(parsed.address).split(' ')[1] ?? '')
      )
    }),
  )
})

test('a magic packet is six times FF and sixteen times the MAC, and is really sent', async (t) => {
  const mac = parseMac('52:54:00:77:00:11')
  assert.ok(mac)
  const expected = `ffffffffffff${'525400770011'.repeat(16)}`
  assert.equal(Buffer.from(magicPacket(mac)).toString('hex'), expected)
  const listener = createSocket('udp4').bind(0, '127.0.0.1')
  t.after(() => listener.close())
  await once(listener, 'listening')
  const heard = once(listener, 'message')
  const url = `wol://127.0.0.1:${listener.address().port}`
  const power = openPower({ url, macs: [mac], secretFolder: '/nowhere', clock: hurriedClock() })
  assert.equal(await power.on(), 'sent')
  const message: readonly unknown[] = await heard
  const packet = message[0]
  assert.ok(Buffer.isBuffer(packet))
  assert.equal(packet.toString('hex'), expected)
})

test('wake-on-LAN says that it can neither switch off nor look', async () => {
  const options = {
    url: 'wol://127.0.0.1',
    macs: [],
    secretFolder: '/nowhere',
    clock: hurriedClock(),
  }
  const power = openPower(options)
  for (const refused of [power.off(), power.status(), power.cycle(), power.on()]) {
    await assert.rejects(refused, { code: 'CPC-POW-005' })
  }
  assert.ok(!('setBootOnce' in power))
})
