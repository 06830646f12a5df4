// Why this file exists: the tool process: it does one job on a stranger's bytes and ends. It holds no secret and no socket;
// whoever leads it astray finds an empty room.
import { createReadStream } from 'node:fs'
import { Digester, inspectFile } from '#vocluster'
import { readJob } from './tool/job.ts'
import type { ToolJob } from './tool/run.ts'

const jobBytesMax = 64 * 1024

async function readLine(): Promise<string> {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const piece of process.stdin) {
    text += String(piece)
    if (text.includes('\n') || text.length > jobBytesMax) break
  }
  return text
}

async function perform(job: ToolJob): Promise<unknown> {
  switch (job.kind) {
    case 'inspect':
      return inspectFile(job.path, job.format)
    case 'hash':
      return hashFile(job.path)
  }
}

async function hashFile(path: string) {
  const digester = new Digester()
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (!(chunk instanceof Uint8Array)) throw new Error('a file gives bytes')
    bytes += chunk.length
    digester.take(chunk)
  }
  return { digest: digester.end(), bytes }
}

const job = readJob(await readLine())
if (job === undefined) {
  process.stderr.write('no job that the tool knows came on its standard input\n')
  process.exitCode = 2
} else {
  process.stdout.write(`${JSON.stringify(await perform(job))}\n`)
}
