// Why this file exists: an API that cannot open says why and leaves nothing behind; one that opens replaces what a killed
// process left.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openApi, type OpenedApi } from '#api'
import { Fault } from '#fault'
import { fakeCore } from './fake-services.ts'

function open(socketPath: string, ports: readonly number[] = []): Promise<OpenedApi> {
  return openApi({
    services: fakeCore().services,
    socketPath,
    listen: ports.map((port) => ({ host: '127.0.0.1', port })),
    version: '0.1.0',
    log: () => undefined,
  })
}

function scratch(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'cpc-open-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

test('a socket that a killed process left is replaced, and nothing else is left in the folder', async () => {
  using folder = scratch()
  const path = join(folder.path, 'api.sock')
  writeFileSync(path, '')
  const api = await open(path)
  assert.deepEqual(readdirSync(folder.path), ['api.sock'])
  await api.close()
  assert.deepEqual(readdirSync(folder.path), [])
})

test('a taken port is a fault that names it, and the socket is gone again', async () => {
  using folder = scratch()
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await assert.rejects(open(join(folder.path, 'api.sock'), [port]), (error: unknown) => {
    assert.ok(error instanceof Fault)
    assert.equal(error.code, 'CPC-API-001')
    assert.equal(error.text.where, `127.0.0.1:${port}`)
    return true
  })
  assert.equal(existsSync(join(folder.path, 'api.sock')), false)
  taken.close()
})

test('a data directory whose path is too long for a socket is a fault, never a socket elsewhere', async () => {
  using folder = scratch()
  const deep = join(folder.path, 'd'.repeat(100))
  mkdirSync(deep)
  await assert.rejects(open(join(deep, 'api.sock')), /CPC-API-001.*too long/)
  assert.deepEqual(readdirSync(deep), [])
})
