// Why this file exists: bent HTTP goes through all of the boot server but its listening socket, with the route that answers
// loaders.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import {
  answerBoot,
  BootHttpServer,
  createLeaseBook,
  defaultScriptPaths,
  readBootRequest,
  type Route,
} from '#pxe'
import {
  ip,
  mac,
  server as applianceAddress,
  siteEntries,
  snapshotOf,
  start,
} from '../../pxe/dhcp-lab.ts'
import { MemoryStream } from '../memory-stream.ts'
import { below } from '../random.ts'
import { servedFiles } from '../served-files.ts'
import type { Round, Target, Verdict } from '../target.ts'
import { makeHttp } from './inputs.ts'
import { judgeHttp } from './oracle.ts'

/** Turns of the loop in which nothing more is said: then nothing more will be. */
const quietTurns = 4
const turnsMax = 400
const cutsMax = 3

const snapshot = snapshotOf(siteEntries)
const boot = { caFingerprint: 'ab'.repeat(32), caPem: 'a certificate', enrolPort: 8_443 }
const asker = ip('10.77.0.11')
const leases = createLeaseBook()
leases.apply([
  {
    kind: 'keep',
    lease: {
      address: asker,
      mac: mac('52:54:00:77:00:11'),
      state: 'bound',
      source: 'directory',
      port: 'interface prov0',
      since: start,
      seconds: 600,
    },
  },
])

const giveScript: Route = ({ query, address }) => {
  const request = readBootRequest(query)
  const contentType = 'text/plain; charset=utf-8'
  if (request === undefined || address === undefined) return { contentType, body: '#!ipxe\n' }
  const place = { server: applianceAddress, boot, ...defaultScriptPaths }
  const answer = answerBoot(
    { request, from: address, claim: 'c'.repeat(32) },
    { snapshot, leases, now: start, nextBoot: () => 'by-role', place },
  )
  if (answer.kind === 'script') return { contentType, body: answer.script }
  return { status: 403, contentType, body: `${answer.why}\n` }
}

async function round(): Promise<Round> {
  const files = await servedFiles()
  const troubles: unknown[] = []
  const server = new BootHttpServer({
    files,
    routes: { 'GET /boot.ipxe': giveScript },
    onTransfer: ({ file, why }) => assert.match(`${file}${why}`, /^[\x20-\x7e…]+$/),
    onError: (error) => troubles.push(error),
    clock: { now: () => 0, wall: () => 0 },
  })
  let port = 1_024
  return {
    async hear(bytes, random) {
      port += 1
      const stream = new MemoryStream('10.77.0.11', port)
      server.accept(stream)
      stream.on('error', () => undefined)
      const cuts = Array.from({ length: below(random, cutsMax) }, () => below(random, bytes.length))
      stream.say(bytes, cuts)
      await untilOver(stream)
      assert.deepEqual(troubles, [])
      return verdictOf(stream.written)
    },
    close: () => server.close(),
  }
}

/** The client waits for what comes, then hangs up; the server must let go too. */
async function untilOver(stream: MemoryStream): Promise<void> {
  let quiet = 0
  let parts = 0
  for (let turns = 0; !stream.destroyed; turns += 1) {
    assert.ok(turns < turnsMax, 'the connection never ends')
    await turn()
    quiet = stream.writtenParts === parts ? quiet + 1 : 0
    parts = stream.writtenParts
    if (quiet === quietTurns) stream.hangUp()
  }
}

function verdictOf(written: Buffer): Verdict {
  if (judgeHttp(written) === 0) return 'silent'
  return /^HTTP\/1\.1 [23]/.test(written.toString('latin1', 0, 12)) ? 'answered' : 'refused'
}

export const httpTarget: Target = { name: 'http', make: makeHttp, round }
