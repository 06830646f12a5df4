// Why this file exists: a rack that is switched on, as a program, so that it can stand in a network of its own:
// `bin/node-26 test/pxe/storm/crowd.ts SERVER TFTP-CLIENTS HTTP-CLIENTS` loads /loader and /image, prints one line of JSON.
import { createHash } from 'node:crypto'
import { Agent, get } from 'node:http'
import { type Fetched, fetchByTftp } from './tftp-fetch.ts'

const [, , server = '', tftpClients = '0', httpClients = '0'] = process.argv
const agent = new Agent({ keepAlive: false, maxSockets: Infinity })
const silenceMillisMax = 20_000

function fetchByHttp(): Promise<Fetched> {
  const startedAt = performance.now()
  const hash = createHash('sha1')
  return new Promise((resolve) => {
    const end = (failed?: string): void =>
      resolve({
        millis: performance.now() - startedAt,
        digest: failed === undefined ? hash.digest('hex') : '',
        timeouts: 0,
        blocks: 0,
        useless: 0,
        ...(failed === undefined ? {} : { failed }),
      })
    const request = get({ host: server, path: '/image', agent, timeout: silenceMillisMax })
    request.on('timeout', () => request.destroy(new Error('silence')))
    request.on('error', (error) => end(error.message))
    request.on('response', (answer) => {
      answer.on('data', (part: Buffer) => hash.update(part))
      answer.on('error', (error) => end(error.message))
      answer.on('end', () => end(answer.statusCode === 200 ? undefined : `${answer.statusCode}`))
    })
  })
}

function summary(all: readonly Fetched[]) {
  const millis = all.map((one) => Math.round(one.millis)).toSorted((one, other) => one - other)
  return {
    clients: all.length,
    failures: [...new Set(all.flatMap(({ failed }) => failed ?? []))],
    failed: all.filter(({ failed }) => failed !== undefined).length,
    timeouts: all.reduce((sum, one) => sum + one.timeouts, 0),
    blocks: all.reduce((sum, one) => sum + one.blocks, 0),
    useless: all.reduce((sum, one) => sum + one.useless, 0),
    digests: [...new Set(all.map(({ digest }) => digest))],
    medianMs: millis[Math.floor(millis.length / 2)] ?? 0,
    slowestMs: millis.at(-1) ?? 0,
  }
}

const [tftp, http] = await Promise.all([
  Promise.all(Array.from({ length: Number(tftpClients) }, () => fetchByTftp(server, 'loader'))),
  Promise.all(Array.from({ length: Number(httpClients) }, fetchByHttp)),
])
process.stdout.write(`${JSON.stringify({ tftp: summary(tftp), http: summary(http) })}\n`)
