// Why this file exists: a boot storm in two networks of its own: our TFTP and HTTP in one, a crowd in the other, so that
// the size of the crowd is all that differs between the test that runs each time and the one by hand.
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { serverInterface, twoNetworks } from '../../../bench/harness/two-networks.ts'

export interface StormWanted {
  readonly tftpClients: number
  readonly httpClients: number
  readonly loaderBytes: number
  readonly imageBytes: number
  readonly deadlineMillis: number
}

const crowdShape = z.object({
  clients: z.number(),
  failures: z.array(z.string()),
  failed: z.number(),
  timeouts: z.number(),
  blocks: z.number(),
  useless: z.number(),
  digests: z.array(z.string()),
  medianMs: z.number(),
  slowestMs: z.number(),
})
const saidShape = z.object({ tftp: crowdShape, http: crowdShape })
export type Crowd = Readonly<z.infer<typeof crowdShape>>

export interface Storm {
  readonly tftp: Crowd
  readonly http: Crowd
  readonly loaderDigest: string
  readonly imageDigest: string
}

const here = import.meta.dirname
const node = join(here, '../../../bin/node-26')

export async function raiseStorm(wanted: StormWanted): Promise<Storm> {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-storm-'))
  try {
    const loaderDigest = put(join(folder, 'loader'), wanted.loaderBytes)
    const imageDigest = put(join(folder, 'image'), wanted.imageBytes)
    using networks = twoNetworks('storm')
    const { server, serverAddress, client } = networks
    const argv = ['netns', 'exec', server, node, join(here, 'boot-server.ts')]
    const serving = spawn('ip', [...argv, serverInterface, serverAddress, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = once(serving, 'exit')
    try {
      await Promise.race([once(serving.stdout, 'data'), gone])
      const counts = [wanted.tftpClients, wanted.httpClients].map(String)
      const crowd = ['netns', 'exec', client, node, join(here, 'crowd.ts'), serverAddress]
      const { stdout } = await promisify(execFile)('ip', [...crowd, ...counts], {
        timeout: wanted.deadlineMillis,
      })
      return { ...saidShape.parse(JSON.parse(stdout)), loaderDigest, imageDigest }
    } finally {
      serving.kill('SIGTERM')
      await gone
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Bytes of which no two blocks are the same. */
function put(path: string, length: number): string {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at)
  writeFileSync(path, bytes, { mode: 0o644 })
  return createHash('sha1').update(bytes).digest('hex')
}
