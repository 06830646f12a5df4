// Why this file exists: the door before slapd lets in so many and no more, and never confuses two who speak through it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { SlapdDoor } from '#ldap-sync'
import { type DoorLimits, doorLimits } from '../../src/ldap-sync/slapd/door.ts'
import { eventually } from '../eventually.ts'
import { freePort } from '../child-process.ts'

const host = '127.0.0.1'

/** Behind it stands somebody who repeats what he hears. */
async function doorTo(t: TestContext, some: Partial<DoorLimits> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-door-'))
  const socketPath = join(folder, 'ldapi')
  let behind = 0
  const echo = createServer((socket) => {
    behind += 1
    socket.on('error', () => undefined).pipe(socket)
  })
  echo.listen(socketPath)
  const port = await freePort()
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  const door = await SlapdDoor.open({
    host,
    port,
    socketPath,
    log,
    limits: { ...doorLimits, ...some },
  })
  const guests: Socket[] = []
  t.after(async () => {
    for (const guest of guests) guest.destroy()
    await door[Symbol.asyncDispose]()
    echo.close()
    rmSync(folder, { recursive: true })
  })
  const enter = async (): Promise<Socket> => {
    const guest = connect({ host, port })
    guest.on('error', () => undefined)
    guests.push(guest)
    await once(guest, 'connect')
    return guest
  }
  const arrived = (count: number) =>
    eventually('all have arrived', () => Promise.resolve(door.guests === count))
  return { door, port, enter, arrived, lines, behind: () => behind, socketPath }
}

async function repeated(guest: Socket, text: string): Promise<string> {
  guest.write(text)
  let heard = ''
  guest.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  await eventually(`${text.length} bytes are back`, () =>
    Promise.resolve(heard.length === text.length),
  )
  return heard
}

test('what is said comes through, however long it is', async (t) => {
  const { enter } = await doorTo(t)
  const long = 'ldap'.repeat(500_000)
  assert.ok((await repeated(await enter(), long)) === long)
})

test('HOSTILE 29: who comes gets in, and who was silent for longest leaves', async (t) => {
  const limits = { connectionsMax: 3, firstWordMsMax: 60_000 }
  const { enter, arrived, lines } = await doorTo(t, limits)
  const [first, second, third] = [await enter(), await enter(), await enter()]
  await arrived(3)
  assert.equal(await repeated(first, 'me'), 'me')
  const gone = once(second, 'close')
  const fourth = await enter()
  await gone
  assert.equal(await repeated(fourth, 'and me'), 'and me')
  assert.ok(!first.destroyed && !third.destroyed)
  const next = once(third, 'close')
  await enter()
  await next
  assert.deepEqual(lines.length, 1)
  assert.match(lines[0] ?? '', /has 3 connections and keeps no more/)
})

test('HOSTILE 29: who says nothing costs slapd nothing, and is let go', async (t) => {
  const { enter, behind } = await doorTo(t, { connectionsMax: 3, firstWordMsMax: 30 })
  await once((await enter()).resume(), 'close')
  assert.equal(behind(), 0)
})

test('a guest is let go when slapd is not there', async (t) => {
  const { enter, socketPath } = await doorTo(t, { awayMsMax: 20 })
  rmSync(socketPath)
  const guest = await enter()
  guest.write('hello')
  await once(guest.resume(), 'close')
})

test('who comes while slapd is being started waits for it', async (t) => {
  const { enter, socketPath } = await doorTo(t)
  const elsewhere = `${socketPath}.away`
  renameSync(socketPath, elsewhere)
  const guest = await enter()
  const heard = repeated(guest, 'hello')
  let looks = 0
  await eventually('it has been knocked at', () => {
    looks += 1
    return guest.bytesWritten > 0 && looks > 10
  })
  assert.ok(!guest.destroyed)
  renameSync(elsewhere, socketPath)
  assert.equal(await heard, 'hello')
})

test('a port that is taken is a fault that names it', async (t) => {
  const { port, socketPath } = await doorTo(t)
  await assert.rejects(SlapdDoor.open({ host, port, socketPath, log: () => undefined }), {
    code: 'CPC-LDAP-032',
  })
})
