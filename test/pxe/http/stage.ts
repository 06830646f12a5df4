// Why this file exists: boot HTTP on loopback, with files in memory, one on a disk that breaks on demand, and a client that
// writes whatever bytes it likes, for the tests beside it.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { TransferSighting } from '#feed'
import type { DiskFile, DiskReader } from '../../../src/pxe/files/boot-files.ts'
import type { Routes } from '../../../src/pxe/http/route.ts'
import { type BootHttpLimits, BootHttpServer } from '../../../src/pxe/http/server.ts'
import { filesOf, pattern } from '../tftp/stage.ts'

export const large = Buffer.alloc(40_000_000, 7)
export const contents = {
  'snponly.efi': pattern(5_000),
  'kvm-host/initrd': large,
  empty: new Uint8Array(0),
}

/** More than one piece. */
export const onDisk = Buffer.from(pattern(1_000_000))

export const slow = { asked: Promise.withResolvers<void>(), answer: Promise.withResolvers<void>() }

/** A file on a disk that breaks where it is told to. */
function diskFileOf(readers: { opened: number; closed: number; failAt?: number }): DiskFile {
  const open = (): Promise<DiskReader> => {
    if (readers.failAt === -1) return Promise.reject(new Error('it was replaced'))
    readers.opened += 1
    return Promise.resolve({
      fill(into, at) {
        if (at >= (readers.failAt ?? Infinity)) return Promise.reject(new Error('it changed'))
        into.set(onDisk.subarray(at, at + into.length))
        return Promise.resolve()
      },
      close() {
        readers.closed += 1
        return Promise.resolve()
      },
    })
  }
  return { kind: 'disk', name: 'disk.img', size: onDisk.length, digest: 'disk', open }
}

const routes: Routes = {
  'GET /slow': async () => {
    slow.asked.resolve()
    await slow.answer.promise
    return { contentType: 'text/plain', body: 'late' }
  },
  'GET /boot.ipxe': ({ query, address }) => ({
    contentType: 'text/plain',
    body: `#!ipxe\n# ${query.get('mac')} ${address}\n`,
  }),
  'GET /broken': () => {
    throw new Error('a bug in a route')
  },
}

export async function serve(context: TestContext, limits: Partial<BootHttpLimits> = {}) {
  const sightings: TransferSighting[] = []
  const errors: unknown[] = []
  const readers: { opened: number; closed: number; failAt?: number } = { opened: 0, closed: 0 }
  const held = filesOf(contents)
  const disk = diskFileOf(readers)
  let heard = (_sighting: TransferSighting): void => undefined
  const server = new BootHttpServer({
    files: { find: (name) => (name === disk.name ? disk : held.find(name)) },
    routes,
    onTransfer: (sighting) => {
      sightings.push(sighting)
      heard(sighting)
    },
    onError: (error) => errors.push(error),
    clock: { now: () => performance.now(), wall: () => 1_700_000_000_000 },
    limits,
  })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  context.after(() => server.close())
  const nextSighting = () =>
    sightings.length > 0
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          heard = () => resolve()
        })
  return { server, port, url: `http://127.0.0.1:${port}`, sightings, errors, readers, nextSighting }
}

/** Writes bytes and gives everything that comes until the other side ends. */
export async function rawly(port: number, bytes: Uint8Array | string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.on('error', () => undefined) // reset: the other side had enough
  socket.write(bytes)
  await once(socket, 'close')
  return Buffer.concat(parts).toString('latin1')
}
