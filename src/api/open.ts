// Why this file exists: the API opens on a unix socket that only its owner can reach, from the first moment on, and on
// the addresses of the configuration; all of them or none.
import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { Fault } from '#fault'
import type { DoorKind } from './admission.ts'
import type { ApiLimits } from './limits.ts'
import type { Services } from './services.ts'

export interface OpenApiParts {
  readonly services: Services
  readonly socketPath: string
  readonly listen: readonly { readonly host: string; readonly port: number }[]
  readonly version: string
  readonly log: (line: string) => void
  /** Shorter ones, for tests. */
  readonly limits?: ApiLimits
}

export interface OpenedApi {
  close(): Promise<void>
}

/** What a unix address holds (sun_path), without its closing zero. */
const socketPathBytesMax = 107

export async function openApi(parts: OpenApiParts): Promise<OpenedApi> {
  // Loaded here, so that who wants only the shapes of the API does not wait for a web server.
  const { buildApi } = await import('./server.ts')
  const build = (door: DoorKind): Promise<FastifyInstance> => buildApi({ ...parts, door })
  const doors: FastifyInstance[] = []
  const close = async (): Promise<void> => {
    await Promise.all(doors.map((door) => door.close()))
    rmSync(parts.socketPath, { force: true })
  }
  try {
    const local = await build('local-socket')
    doors.push(local)
    await listenPrivately(local, parts.socketPath)
    for (const { host, port } of parts.listen) {
      const app = await build('network')
      doors.push(app)
      await reporting(`${host}:${port}`, () => app.listen({ host, port }))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { close }
}

/** Bound in a folder that nobody else may enter, and moved to its place with its mode set: there is no moment between. */
async function listenPrivately(app: FastifyInstance, socketPath: string): Promise<void> {
  await reporting(socketPath, async () => {
    const nursery = mkdtempSync(join(dirname(socketPath), '.a'))
    try {
      const path = join(nursery, 's')
      // A longer one would be cut off in silence by some systems.
      if (Buffer.byteLength(path) > socketPathBytesMax) throw new Error('the path is too long')
      await app.listen({ path })
      chmodSync(path, 0o600)
      renameSync(path, socketPath)
    } finally {
      rmSync(nursery, { recursive: true, force: true })
    }
  })
}

async function reporting(where: string, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen()
  } catch (cause) {
    throw new Fault(
      'CPC-API-001',
      {
        what: 'the API cannot listen',
        where,
        why: cause instanceof Error ? cause.message : String(cause),
        todo: 'correct api.listen in coppice.yaml, or stop the program that is there',
      },
      { cause },
    )
  }
}
