// Why this file exists: bent DHCP goes through all of the service but its sockets: decoder, answer, book, journal, encoder,
// log, timeline (HOSTILE 1 to 11).
import assert from 'node:assert/strict'
import { formatIp4, parseMac } from '#directory'
import {
  type Arrival,
  createDhcpService,
  createLeaseBook,
  decodeDhcp,
  type Destination,
  describeMessage,
  explainRefusal,
} from '#pxe'
import { writtenAgain } from '../../pxe/written-again.ts'
import {
  ip,
  later,
  onProv,
  onVo,
  settings,
  siteEntries,
  snapshotOf,
  start,
} from '../../pxe/dhcp-lab.ts'
import { fakeJournal } from '../../pxe/fake-journal.ts'
import { below, pick } from '../random.ts'
import type { Round, Target } from '../target.ts'
import { makeDhcp } from './inputs.ts'
import { judgeDhcp } from './oracle.ts'

const snapshot = snapshotOf(siteEntries)
const ownAddresses: ReadonlySet<string> = new Set([...settings.addresses].map(formatIp4))
const squatter = parseMac('52:54:00:ee:00:01')
const doors: readonly Arrival[] = [
  onProv,
  onProv,
  { ...onProv, source: ip('10.77.0.200') },
  { ...onProv, port: 4_011 },
  onVo,
]

function round(): Round {
  let now = start
  const sent: { bytes: Uint8Array; destination: Destination }[] = []
  const lines: string[] = []
  const book = createLeaseBook()
  const service = createDhcpService({
    book,
    journal: fakeJournal(),
    clock: () => now,
    world: () => ({ snapshot, settings, nextBoot: () => 'by-role', isHeld: () => true }),
    // Now and then somebody sits where nobody should.
    whoAnswers: (asked) =>
      Promise.resolve(
        new Map(asked.filter((one) => one % 5 === 0).map((one) => [one, squatter] as const)),
      ),
    isNear: () => true,
    send: (bytes, destination) => sent.push({ bytes: bytes.slice(), destination }),
    count: () => undefined,
    sight: (sighting) => lines.push(sighting.why),
    log: (line) => lines.push(line),
  })
  return {
    async hear(bytes, random) {
      sent.length = lines.length = 0
      now = later(now, below(random, 20))
      const before = bytes.slice()
      await service.receive(bytes, pick(random, doors))
      assert.deepEqual(bytes, before, 'the question is left as it was')
      assert.ok(sent.length <= 1, 'one question, one answer')
      for (const answer of sent) judgeDhcp(bytes, { ...answer, ownAddresses })
      for (const line of lines) assert.match(line, /^[\x20-\x7e]+$/)
      return verdictOf(bytes, sent.length)
    },
  }
}

function verdictOf(bytes: Uint8Array, answers: number) {
  const decoded = decodeDhcp(bytes)
  if (!decoded.ok) {
    assert.match(explainRefusal(decoded.refusal), /\w/)
    assert.equal(answers, 0)
    return 'refused'
  }
  describeMessage(decoded.value)
  writtenAgain(bytes, decoded.value)
  return answers > 0 ? 'answered' : 'silent'
}

export const dhcpTarget: Target = { name: 'dhcp', make: makeDhcp, round }
