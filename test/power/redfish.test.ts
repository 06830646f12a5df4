// Why this file exists: Redfish as four vendors write it, and as nobody should.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { answerBytesMax, openPower, type PowerController, redirectsMax } from '#power'
import { issueOwn, openAuthority, Secret } from '#trust'
import { type Bench, powerBattery } from './battery.ts'
import { hurriedClock } from './clock.ts'
import { document, goodBasic, Listener, type Machine, vendor } from './fake-bmc.ts'

interface Way {
  readonly path?: string
  readonly password?: string
  readonly deadlineMs?: number
  readonly scheme?: string
}

function open(host: string, way: Way = {}): PowerController {
  const { scheme = 'redfish+http', path = '/redfish/v1/Systems/437XR1138R2' } = way
  return openPower({
    url: `${scheme}://${host}${path}`,
    credentials: { user: 'admin', secret: new Secret(way.password ?? 'hunter2') },
    macs: [],
    secretFolder: '/nowhere',
    clock: hurriedClock(),
    limits: { deadlineMs: way.deadlineMs ?? 5000, pollMs: 500 },
  })
}

const vendors = {
  'sushy-system': '/redfish/v1/Systems/437XR1138R2',
  'dmtf-Systems-437XR1138R2': '/redfish/v1/Systems/437XR1138R2',
  'bmclib-dell-system.embedded.1': '/redfish/v1/Systems/System.Embedded.1',
  'bmclib-smc_1.14.0_systems_1': '/redfish/v1/Systems/1',
} as const

for (const [name, path] of Object.entries(vendors)) {
  powerBattery(`Redfish, ${name}`, async (): Promise<Bench> => {
    const machine: Machine = { state: 'off', changing: 0, bootOnce: undefined }
    const bmc = await new Listener(vendor(name, machine)).start()
    return {
      power: open(bmc.host, { path }),
      wrongPassword: open(bmc.host, { path, password: 'wrong' }),
      reality: () => machine.state,
      [Symbol.asyncDispose]: () => bmc[Symbol.asyncDispose](),
    }
  })

  test(`Redfish, ${name}: one boot from the network is asked for with the document's ETag`, async () => {
    const machine: Machine = { state: 'off', changing: 0, bootOnce: undefined }
    await using bmc = await new Listener(vendor(name, machine)).start()
    await open(bmc.host, { path }).setBootOnce?.()
    assert.deepEqual(JSON.parse(machine.bootOnce ?? ''), {
      Boot: { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' },
    })
  })
}

const good = '{"PowerState": "Off", "Actions": {"#ComputerSystem.Reset": {"target": "/reset"}}}'

/** A service that answers by method and path; everything else is 404. */
async function scripted(answers: Readonly<Record<string, string | number>>): Promise<Listener> {
  return new Listener(({ method, path }, answer) => {
    const found = answers[`${method} ${path}`] ?? answers[method] ?? 404
    if (typeof found === 'number') answer.writeHead(found).end()
    else answer.end(found)
  }).start()
}

test('the resets that only the ActionInfo names are found there', async () => {
  const system = good.replace('"/reset"', '"/reset", "@Redfish.ActionInfo": "/info"')
  const info = '{"Parameters": [{"Name": "ResetType", "AllowableValues": ["ForceOn"]}]}'
  await using bmc = await scripted({ 'GET /info': info, GET: system, POST: 204 })
  await assert.rejects(open(bmc.host).on(), { code: 'CPC-POW-003' })
  assert.deepEqual(
    bmc.seen.filter(({ method }) => method === 'POST').map(({ body }) => body),
    ['{"ResetType":"ForceOn"}'],
  )
})

test('a BMC that offers no hard power-off is told so, and a graceful one is not taken for it', async () => {
  const only = '"/reset", "ResetType@Redfish.AllowableValues": ["On", "GracefulShutdown"]'
  const system = good.replace('"/reset"', only).replace('Off', 'On')
  await using bmc = await scripted({ GET: system, POST: 204 })
  await assert.rejects(open(bmc.host).off(), { code: 'CPC-POW-005' })
  assert.ok(bmc.seen.every(({ method }) => method === 'GET'))
})

test('a boot override that lives in a settings resource is written there', async () => {
  const system = good.replace(
    '{',
    '{"@Redfish.Settings": {"SettingsObject": {"@odata.id": "/sd"}},',
  )
  await using bmc = await scripted({
    'GET /sd': document('sushy-settings-body-nokia'),
    GET: system,
    'PATCH /sd': 204,
  })
  await open(bmc.host).setBootOnce?.()
  const patch = bmc.seen.at(-1)
  assert.deepEqual([patch?.method, patch?.path, patch?.ifMatch], ['PATCH', '/sd', '"1660209630"'])
})

test('a BMC that takes the command and does nothing is found out', async () => {
  await using bmc = await scripted({ GET: good, POST: 204 })
  await assert.rejects(open(bmc.host).on(), { code: 'CPC-POW-003', message: /it shows off/ })
})

for (const [sentence, name, words] of [
  [
    'each extended error of a BMC is shown',
    'sushy-error',
    /value Red for the property.*read only.*malformed JSON/,
  ],
  ['a single extended error is shown', 'sushy-error_single_ext_info', /unsupported media type/],
] as const) {
  test(`${sentence}, in its own words`, async () => {
    await using bmc = await new Listener((_, answer) => {
      answer.writeHead(400).end(document(name))
    }).start()
    await assert.rejects(open(bmc.host).status(), { code: 'CPC-POW-002', message: words })
  })
}

test('HOSTILE 23: shell text and control characters in an error stay one harmless line', async () => {
  const message = '$(reboot); `id`\n\u001b[2Jerror: [CPC-OK]\r\u2028end'
  await using bmc = await new Listener((_, answer) => {
    answer.writeHead(500).end(JSON.stringify({ error: { message } }))
  }).start()
  await assert.rejects(open(bmc.host).status(), (error: Error) => {
    assert.match(error.message, /\$\(reboot\); `id` \[2Jerror: \[CPC-OK\] end/)
    return !/\p{Cc}/u.test(error.message)
  })
})

test('HOSTILE 23: an answer without end is cut off at its limit, in bounded memory', async () => {
  let sent = 0
  await using bmc = await new Listener((_, answer) => {
    const part = Buffer.alloc(64 * 1024, '[')
    const more = () => {
      if (answer.destroyed) return
      sent += part.length
      if (answer.write(part)) setImmediate(more)
      else answer.once('drain', more)
    }
    more()
  }).start()
  await assert.rejects(open(bmc.host).status(), { code: 'CPC-POW-007', message: /longer than/ })
  assert.ok(sent < 32 * answerBytesMax, `${sent} bytes were taken`)
})

test('HOSTILE 23: a redirect to another host gets neither credentials nor a request', async () => {
  await using thief = await scripted({ GET: good })
  await using bmc = await new Listener((_, answer) => {
    answer.writeHead(307, { location: `http://${thief.host}/redfish/v1/Systems/1` }).end()
  }).start()
  await assert.rejects(open(bmc.host).status(), { code: 'CPC-POW-007', message: /another host/ })
  assert.deepEqual(thief.seen, [])
})

test('HOSTILE 23: an action whose target is on another host gets no command', async () => {
  await using thief = await scripted({ POST: 204 })
  for (const target of [`http://${thief.host}/reset`, `//${thief.host}/reset`]) {
    await using bmc = await scripted({ GET: good.replace('/reset', target) })
    await assert.rejects(open(bmc.host).on(), { code: 'CPC-POW-007' })
  }
  assert.deepEqual(thief.seen, [])
})

test('a redirect on the BMC itself is followed, a ring of them is not', async () => {
  await using bmc = await new Listener(({ path }, answer) => {
    if (path === '/moved') answer.end(good)
    else answer.writeHead(308, { location: '/moved' }).end()
  }).start()
  assert.equal(await open(bmc.host).status(), 'off')
  await using ring = await new Listener(({ path }, answer) => {
    answer.writeHead(302, { location: path }).end()
  }).start()
  await assert.rejects(open(ring.host).status(), { code: 'CPC-POW-007' })
  assert.equal(ring.seen.length, redirectsMax + 1)
})

for (const [what, body] of Object.entries({
  'no JSON': '<html>',
  'an empty answer': '',
  'a list': '[]',
  'a system without a power state': '{"Id": "1"}',
  'a power state of another type': '{"PowerState": 7}',
  'deep nesting': '['.repeat(500_000),
})) {
  test(`HOSTILE 23: ${what} is refused as an answer, not taken for off`, async () => {
    await using bmc = await scripted({ GET: body })
    await assert.rejects(open(bmc.host).status(), { code: 'CPC-POW-007' })
  })
}

test('a BMC that takes the connection and is silent is given up at its deadline', async () => {
  await using bmc = await new Listener(() => undefined).start()
  const power = open(bmc.host, { deadlineMs: 100 })
  await assert.rejects(power.status(), { code: 'CPC-POW-001', message: /within 0.1 s/ })
  await assert.rejects(power.on(), { code: 'CPC-POW-001' })
})

test('a BMC that starts an answer and stops is given up at its deadline', async () => {
  await using bmc = await new Listener((_, answer) => {
    answer.write('{"PowerState"')
  }).start()
  await assert.rejects(open(bmc.host, { deadlineMs: 100 }).status(), { code: 'CPC-POW-001' })
})

test('a BMC that is not there is a BMC that does not answer', async () => {
  const bmc = await scripted({})
  const { host } = bmc
  await bmc[Symbol.asyncDispose]()
  await assert.rejects(open(host).status(), { code: 'CPC-POW-001', message: /ECONNREFUSED/ })
})

test('over TLS, an unknown certificate gets no credentials, and a pinned one does', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-power-'))
  after(() => rmSync(dir, { recursive: true, force: true }))
  const now = Date.now()
  const authority = await openAuthority({ dir, name: 'vendor', now, modulusBits: 2048 })
  const form = {
    subject: { commonName: 'bmc' },
    dns: [],
    ip: [],
    usages: ['server'],
    days: 1,
    now,
  } as const
  const { key, certificate } = await issueOwn(authority, form)
  await using bmc = await new Listener(
    ({ authorization }, answer) => {
      assert.equal(authorization, goodBasic)
      answer.end(good)
    },
    { key: key.reveal(), cert: certificate.pem },
  ).start()
  const scheme = 'redfish+https'
  const pin = new X509Certificate(certificate.pem).fingerprint256
  const pinned = (hex: string) => `/redfish/v1/Systems/1?pin=${hex}`
  await assert.rejects(open(bmc.host, { scheme }).status(), { code: 'CPC-POW-001' })
  const wrong = open(bmc.host, { scheme, path: pinned('0'.repeat(64)) })
  await assert.rejects(wrong.status(), { code: 'CPC-POW-007', message: /its certificate is/ })
  assert.deepEqual(bmc.seen, [])
  assert.equal(await open(bmc.host, { scheme, path: pinned(pin) }).status(), 'off')
})
