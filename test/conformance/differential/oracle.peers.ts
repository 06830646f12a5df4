// Why this file exists: dhcpd and PowerDNS read LDAP for each question, so they know what is right before and after a
// change; Coppice, which answers from its own copy, must say the same of the same directory.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needs, needsRoot } from '../../needs.ts'
import type { Clients } from '../harness/case.ts'
import { until } from '../harness/commands.ts'
import { DhcpClient } from '../harness/dhcp-client.ts'
import { type } from '../harness/dhcp-packet.ts'
import { DnsClient } from '../harness/dns-client.ts'
import { openStage } from '../harness/stage.ts'
import { TftpClient } from '../harness/tftp-client.ts'
import { hosts } from '../harness/world.ts'
import { differences } from './differences.table.ts'
import { type Facts, questions } from './questions.ts'
import { modify, programs, startCoppice, startDirectory, startOracles } from './servers.ts'
import { moved, movedTo } from './tree.ts'

const possible = {
  timeout: 180_000,
  ...needsRoot(),
  ...needs('slapd isc-dhcp-server-ldap pdns-server pdns-backend-ldap', ...programs),
}
const first = hosts.n001.address

/** DHCP and DNS both say that n001 is there. */
function serves(clients: Clients, address: string): () => Promise<boolean> {
  return async () => {
    const xid = clients.dhcp.send({ type: type.discover, chaddr: hosts.n001.mac })
    const offer = await clients.dhcp.firstAnswer(xid)
    const { answers } = await clients.dns.ask('n001.cluster.test')
    return offer?.reply.yiaddr === address && answers[0]?.text === address
  }
}

async function allAnswers(clients: Clients, when: string): Promise<ReadonlyMap<string, Facts>> {
  const answers = new Map<string, Facts>()
  for (const { says, ask } of questions) answers.set(`${when}: ${says}`, await ask(clients))
  return answers
}

test(
  'what two servers of others say of a directory, before and after a change, Coppice says',
  possible,
  async (context) => {
    const stage = await openStage()
    const directory = await startDirectory(stage)
    const clients = {
      dhcp: new DhcpClient(stage.tap),
      dns: new DnsClient(),
      tftp: new TftpClient(),
    }
    context.after(async () => {
      await directory.stop()
      await stage.close()
    })
    for (const { address, mac } of [hosts.n002, hosts.far1]) clients.dhcp.play(address, mac)
    const said: ReadonlyMap<string, Facts>[] = []
    for (const start of [startOracles, startCoppice]) {
      const running = await start(stage)
      try {
        await until('n001 is served', serves(clients, first), 60_000)
        const before = await allAnswers(clients, 'before')
        modify(stage, moved(first, movedTo))
        await until('n001 is served anew', serves(clients, movedTo), 60_000)
        said.push(new Map([...before, ...(await allAnswers(clients, 'after'))]))
        modify(stage, moved(movedTo, first))
      } finally {
        await running.stop()
      }
    }
    const [theirs, ours] = said
    assert.ok(theirs && ours && theirs.size === questions.length * 2)
    const unlike = [...theirs].flatMap(([question, facts]) =>
      differing(question, facts, ours.get(question)),
    )
    context.diagnostic(`${theirs.size} answers compared`)
    const unexplained = unlike.filter(({ key }) => !(key in differences))
    assert.deepEqual(unexplained, [])
    const seen = new Set(unlike.map(({ key }) => key))
    assert.deepEqual(
      Object.keys(differences).filter((key) => !seen.has(key)),
      [],
      'no such difference',
    )
  },
)

interface Difference {
  readonly key: string
  readonly theirs: string
  readonly ours: string
}

/** Fact by fact; without the time, since most hold before and after. */
function differing(question: string, theirs: Facts, ours: Facts = {}): readonly Difference[] {
  const [, what = ''] = /^\w+: (.*)$/.exec(question) ?? []
  // Of silence on one side there is nothing more to compare.
  const whole = theirs['answer'] === ours['answer']
  return (whole ? Object.keys(theirs) : ['answer'])
    .filter((fact) => theirs[fact] !== ours[fact])
    .map((fact) => ({
      key: `${what}: ${fact}`,
      theirs: theirs[fact] ?? '',
      ours: ours[fact] ?? '',
    }))
}
