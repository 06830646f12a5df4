// Why this file exists: the battery is put to one running server, named by SUBJECT, over a real wire. Without that name
// it is Coppice.
import { after, before, describe, test } from 'node:test'
import { needs, needsRoot } from '../needs.ts'
import { dhcpCases, dnsCases, tftpCases } from './battery.ts'
import { type Case, type Clients, isFor, type Protocol } from './harness/case.ts'
import { until } from './harness/commands.ts'
import { DhcpClient } from './harness/dhcp-client.ts'
import { type as messageType } from './harness/dhcp-packet.ts'
import { DnsClient } from './harness/dns-client.ts'
import { openStage, type Stage } from './harness/stage.ts'
import type { Running } from './harness/subject.ts'
import { TftpClient } from './harness/tftp-client.ts'
import { hosts } from './harness/world.ts'
import { reasonFor } from './reasons.ts'
import { subjectNamed } from './subjects/index.ts'

const subject = subjectNamed(process.env['SUBJECT'] ?? 'coppice')
const possible = {
  timeout: 90_000,
  ...needsRoot(),
  ...needs('iproute2', '/usr/sbin/ip'),
  ...needs(subject.debianPackage, ...subject.programs),
}
/** A server that is not ready hears nothing, and is asked again. */
const firstAnswerMs = 1_000
let stage: Stage | undefined
let running: Running | undefined
let clients: Clients | undefined

before(async () => {
  if (possible.skip !== undefined) return
  stage = await openStage()
  running = await subject.start(stage)
  const open = { dhcp: new DhcpClient(stage.tap), tftp: new TftpClient(), dns: new DnsClient() }
  clients = open
  if (subject.claims.dhcp) await until('DHCP answers', () => offers(open.dhcp))
  if (subject.claims.dns) await until('DNS answers', () => knowsNames(open.dns))
  if (subject.claims.tftp) await until('TFTP answers', () => givesFiles(open.tftp))
}, possible)

after(async () => {
  await clients?.tftp.close()
  clients?.dhcp.close()
  await running?.stop()
  await stage?.close()
})

async function offers(dhcp: DhcpClient): Promise<boolean> {
  const xid = dhcp.send({ type: messageType.discover, chaddr: hosts.n001.mac })
  const heard = await dhcp.firstAnswer(xid)
  return heard?.reply.yiaddr === hosts.n001.address
}

async function knowsNames(dns: DnsClient): Promise<boolean> {
  const reply = await dns.ask('n001.cluster.test').catch(() => undefined)
  return reply?.answers.length === 1
}

async function givesFiles(tftp: TftpClient): Promise<boolean> {
  const session = await tftp.open()
  session.ask('no-such-file')
  return session.next(firstAnswerMs).then(
    () => true,
    () => false,
  )
}

function expectationOf(says: string): { expectFailure?: string; skip?: string } {
  const found = reasonFor(subject.name, says)
  if (found === undefined) return {}
  return found.wavers ? { skip: found.reason } : { expectFailure: found.reason }
}

function put<P extends Protocol>(
  cases: readonly Case<P>[],
  clientOf: (all: Clients) => Clients[P],
) {
  for (const one of cases) {
    if (!isFor(one, subject.claims)) continue
    test(one.says, { ...expectationOf(one.says), ...possible }, async () => {
      if (clients === undefined) throw new Error('the stage is not there')
      await one.check(clientOf(clients))
    })
  }
}

const concurrency = subject.oneAtATime ? 1 : 6
describe(`${subject.name} over a real wire`, { concurrency }, () => {
  put(dhcpCases, ({ dhcp }) => dhcp)
  put(tftpCases, ({ tftp }) => tftp)
  put(dnsCases, ({ dns }) => dns)
})
