// Why this file exists: a DHCP service with a real store and a crowd of clients of its own; it says what each client was
// acknowledged, as soon as that left, until somebody kills it.
import { formatIp4 } from '#directory'
import { createDhcpService, type DhcpMessage, restoreLeases } from '#pxe'
import { WireStore } from '#store'
import {
  bytesOf,
  decoded,
  ip,
  label,
  mac,
  network,
  newSite,
  onProv,
  type Sent,
  start,
  type as t,
} from '../../dhcp-lab.ts'

const [path = '', crowd = '00'] = process.argv.slice(2)
const roundsMax = 400
const clientsPerRound = 20

const store = await WireStore.open({ path, now: Date.now, onAlarm: () => undefined })
const pool = { first: ip('10.77.32.0'), last: ip('10.77.95.255') }
const site = newSite([network('10.77.0.0/16', { name: label('prov'), pool })])
// One boot, whichever process: nothing ends while this test runs.
const { leases } = restoreLeases(await store.leases.load(), start)
site.book.apply(leases.map((lease) => ({ kind: 'keep', lease })))

/** Resolves when the words have left us: a stream keeps them back while its reader is slow. */
function say(line: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()))
}

const waiting = new Map<string, (reply: DhcpMessage) => void>()
const service = createDhcpService({
  book: site.book,
  journal: store.leases,
  clock: () => start,
  world: () => site.world(),
  whoAnswers: () => Promise.resolve(new Map()),
  isNear: () => true,
  send(bytes) {
    const reply = decoded(bytes)
    if (reply.type === t.ack) void say(`ack ${reply.mac} ${formatIp4(reply.yiaddr)}`)
    waiting.get(reply.mac ?? '')?.(reply)
  },
  count: () => undefined,
  sight: () => undefined,
  log: () => undefined,
})

async function ask(sent: Sent): Promise<DhcpMessage | undefined> {
  let heard: DhcpMessage | undefined
  waiting.set(mac(sent.mac ?? ''), (reply) => {
    heard = reply
  })
  await service.receive(bytesOf(sent), onProv)
  return heard
}

async function live(number: number): Promise<void> {
  const hex = (value: number): string => value.toString(16).padStart(2, '0')
  const card = `06:00:00:${crowd}:${hex(number >> 8)}:${hex(number & 255)}`
  const offer = await ask({ type: t.discover, mac: card })
  if (!offer) return
  const address = formatIp4(offer.yiaddr)
  await ask({ type: t.request, mac: card, server: '10.77.0.1', wanted: address })
  if (number % 5 !== 0) return
  // Said before it is done: what happens between the two may count or not.
  await say(`release ${card} ${address}`)
  await ask({ type: t.release, mac: card, server: '10.77.0.1', ciaddr: address })
}

for (let round = 0; round < roundsMax; round += 1) {
  const first = round * clientsPerRound
  await Promise.all(Array.from({ length: clientsPerRound }, (_, at) => live(first + at)))
}
