// Why this file exists: the emulated board must be as strict as a real one, or a client's mistake passes in the lab and
// fails in the rack. Spoken to over HTTP, with a machine that only remembers.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { jsonServer } from '../../src/lab/bmc/listen.ts'
import type { MachinePower } from '../../src/lab/bmc/power.ts'
import { redfishBoard } from '../../src/lab/bmc/redfish.ts'
import { member } from '../../src/lab/json.ts'

const orders: string[] = []
let isOn = false
const power: MachinePower = {
  isOn: () => isOn,
  pid: () => undefined,
  on: async () => {
    orders.push('on')
    isOn = true
  },
  off: async () => {
    orders.push('off')
    isOn = false
  },
  press: async () => void orders.push('press'),
}
const board = { name: 'n002', uuid: 'u', serial: 's', user: 'admin', secret: 'right', power }
let mute = false
const server = jsonServer(redfishBoard(board), () => mute)
let url = ''
const system = '/redfish/v1/Systems/n002'

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: string | AddressInfo | null = server.address()
  url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
})
after(() => {
  server.closeAllConnections()
  server.close()
})

async function ask(
  method: string,
  path: string,
  body?: unknown,
  secret = 'right',
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}` },
    signal: AbortSignal.timeout(5000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

async function reset(type: string): Promise<readonly string[]> {
  orders.length = 0
  const answer = await ask('POST', `${system}/Actions/ComputerSystem.Reset`, { ResetType: type })
  assert.equal(answer.status, 204)
  return [...orders]
}

test('DSP0266: the service root answers anyone, and leads to the one system', async () => {
  const root = await (await fetch(`${url}/redfish/v1/`)).json()
  assert.deepEqual(member(root, 'Systems'), { '@odata.id': '/redfish/v1/Systems' })
  const systems = await ask('GET', '/redfish/v1/Systems')
  assert.deepEqual(member(systems.body, 'Members'), [{ '@odata.id': system }])
})

test('without the secret nothing else is told or done', async () => {
  orders.length = 0
  assert.equal((await fetch(url + system)).status, 401)
  const wrong = await ask(
    'POST',
    `${system}/Actions/ComputerSystem.Reset`,
    { ResetType: 'On' },
    'wrong',
  )
  assert.equal(wrong.status, 401)
  assert.deepEqual(orders, [])
})

test('each reset type does to the machine what it says, and the power state follows', async () => {
  assert.deepEqual(await reset('On'), ['on'])
  assert.equal(member((await ask('GET', system)).body, 'PowerState'), 'On')
  assert.deepEqual(await reset('GracefulShutdown'), ['press'])
  assert.deepEqual(await reset('ForceRestart'), ['off', 'on'])
  assert.deepEqual(await reset('ForceOff'), ['off'])
  assert.equal(member((await ask('GET', system)).body, 'PowerState'), 'Off')
})

test('a boot override holds for one start when it is set Once', async () => {
  const boot = { Boot: { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' } }
  assert.equal((await ask('PATCH', system, boot)).status, 204)
  const target = async (): Promise<unknown> =>
    member(member((await ask('GET', system)).body, 'Boot'), 'BootSourceOverrideTarget')
  assert.equal(await target(), 'Pxe')
  await reset('On')
  assert.equal(await target(), 'None')
})

for (const [sentence, method, path, body, status] of [
  [
    'an unknown reset type',
    'POST',
    `${system}/Actions/ComputerSystem.Reset`,
    { ResetType: 'Nmi' },
    400,
  ],
  ['a reset without type', 'POST', `${system}/Actions/ComputerSystem.Reset`, {}, 400],
  [
    'a boot target that a machine without disk has not',
    'PATCH',
    system,
    { Boot: { BootSourceOverrideTarget: 'Hdd' } },
    400,
  ],
  ['a system that is not there', 'GET', '/redfish/v1/Systems/n003', undefined, 404],
  ['a body without end', 'PATCH', system, { Boot: 'x'.repeat(70_000) }, 500],
] as const) {
  test(`${sentence} is refused with ${status} and a Redfish error`, async () => {
    const answer = await ask(method, path, body)
    assert.equal(answer.status, status)
    assert.equal(typeof member(member(answer.body, 'error'), 'code'), 'string')
  })
}

test('a board that plays dead takes the connection and never answers', async () => {
  mute = true
  const asked = fetch(url + system, { signal: AbortSignal.timeout(150) })
  await assert.rejects(asked, { name: 'TimeoutError' })
  mute = false
})
