// Why this file exists: "what if it were in the directory?" and "what would this packet get?" are answered before anything is
// written or sent: entries are mapped, judged and linted as if they were there, packets are taken out of a capture, and wire
// is asked about both.
import { randomUUID } from 'node:crypto'
import type { ExplanationView, WhatIfEntries, WhatIfPackets, WhatIfView } from '#api'
import {
  applyDeltas,
  type Delta,
  type Entry,
  type EntryId,
  formatIp4,
  freeAddresses,
  type Ip4,
  networkForNic,
  ip4,
  parseUuid,
} from '#directory'
import { Fault } from '#fault'
import { foreignPacketsMax, foreignPayloadBytesMax, type ForeignPacket } from '#feed'
import { entryLdif, type HypotheticalEntry, machineOrder, readLdif } from '#ldap-sync'
import { type Capture, type CapturedDatagram, readCapture, readHex } from '#pxe'
import type { ServiceContext } from './context.ts'
import { type AskWire, viewOf } from './explain.ts'
import { labelled } from './explain-lines.ts'
import type { LintKeeper } from './lint-keeper.ts'
import { fieldsOf } from './machine-fields.ts'
import { readName } from './reading.ts'

interface Parts {
  readonly context: ServiceContext
  readonly ask: AskWire
  readonly lint: LintKeeper
}

/** Subjects that one answer tells of; of an LDIF with more entries, the first. */
const subjectsMax = 16

export async function whatIfEntries(request: WhatIfEntries, parts: Parts): Promise<WhatIfView> {
  const { context, ask, lint } = parts
  const entries = entriesOf(request, context)
  const changes = context.sync.changesIf(entries, newId)
  const judged = context.directory.deltasIf(changes)
  const { deltas, chosen } = withAddresses(judged, context)
  const snapshot = applyDeltas(context.snapshot(), deltas)
  const findings = lint.newIn(snapshot).map(({ severity, dn, why, code }) => ({
    severity: severity === 'error' ? ('set-aside' as const) : ('warning' as const),
    where: dn,
    reason: `${why} (${code})`,
  }))
  const told: ExplanationView[] = []
  for (const subject of subjectsOf(deltas).slice(0, subjectsMax))
    told.push(viewOf(subject, await ask({ kind: 'subject', subject, deltas }), [], false))
  const ldif = entries.map(({ dn, attributes }) => entryLdif(dn, attributes)).join('\n')
  const lines = [
    ...findings.map(({ severity, where, reason }) =>
      labelled(severity === 'warning' ? 'lint' : 'aside', `${where}: ${reason}`),
    ),
    ...(findings.length === 0 ? [labelled('lint', 'nothing to complain about')] : []),
    ...(deltas.length === 0 ? [labelled('entry', nothingChanges)] : []),
    ...chosen.map((line) => labelled('address', line)),
    ...told.flatMap((one) => ['', ...one.lines]),
  ]
  return { lines, findings, explained: told, ldif }
}

const nothingChanges = 'nothing would change: it is there already, or it is nothing that is served'

function entriesOf(
  { machine, ldif }: WhatIfEntries,
  { sync }: ServiceContext,
): readonly HypotheticalEntry[] {
  if (machine !== undefined) {
    const { name: text, ...rest } = machine
    const name = readName(text)
    const { dn, ...order } = machineOrder(
      sync.writer.base,
      name,
      fieldsOf({ role: 'other', ...rest }),
    )
    return [{ dn, attributes: order.kind === 'add' ? order.attributes : [] }]
  }
  const read = readLdif(ldif ?? '')
  if (read.ok) return read.entries
  throw new Fault('CPC-FEED-004', {
    what: 'the entries cannot be read as LDIF',
    where: `line ${read.line}`,
    why: read.refusal,
    todo: 'give entries as ldapadd takes them: dn: first, then NAME: VALUE',
  })
}

function newId(): EntryId {
  const id = parseUuid(randomUUID())
  if (id === undefined) throw new Error('a random UUID is no UUID')
  return id
}

/** As the appliance would give them: the lowest free ones. */
function withAddresses(
  deltas: readonly Delta[],
  { directory, applianceAddresses, snapshot }: ServiceContext,
): { readonly deltas: readonly Delta[]; readonly chosen: readonly string[] } {
  const chosen: string[] = []
  const after = applyDeltas(snapshot(), deltas)
  const given = new Set<Ip4>()
  const isTaken = (address: Ip4): boolean => given.has(address) || directory.isClaimed(address)
  const choose = (entry: Entry): Entry => {
    if (entry.kind !== 'machine' && entry.kind !== 'vcn') return entry
    const nics = entry.nics.map((nic) => {
      const network =
        nic.macs.length > 0 && nic.address === undefined && networkForNic(after, entry, nic)
      if (!network) return nic
      const [address] = freeAddresses(after, network, isTaken, applianceAddresses).take(1)
      if (address === undefined) return nic
      given.add(address)
      chosen.push(
        `${formatIp4(address)} for ${entry.name}: the lowest free one of network ${network.name}`,
      )
      return { ...nic, address }
    })
    return { ...entry, nics }
  }
  const whole = deltas.map((delta) =>
    delta.kind === 'put' ? { ...delta, entry: choose(delta.entry) } : delta,
  )
  return { deltas: whole, chosen }
}

/** Whoever is put, by its card; a machine that is set aside has none of what it claims, and nothing to tell. */
function subjectsOf(deltas: readonly Delta[]): readonly string[] {
  return deltas.flatMap((delta) => {
    if (delta.kind !== 'put') return []
    const { entry } = delta
    return entry.kind === 'machine' || entry.kind === 'vcn' ? [entry.name] : []
  })
}

export async function whatIfPackets(
  { pcap, hex, protocol }: WhatIfPackets,
  ask: AskWire,
): Promise<ExplanationView> {
  const subject = pcap === undefined ? 'packet' : 'capture'
  const capture = pcap === undefined ? ofHex(hex ?? '', protocol ?? 'dhcp') : ofPcap(pcap)
  const packets = capture.datagrams.map(foreignOf)
  const told = await ask({ kind: 'packets', packets })
  const view = viewOf(subject, told)
  const lines = capture.datagrams.flatMap((datagram, at) => {
    const facts = told.facts.filter(({ packet }) => packet === at)
    const { frame, protocol: what, from, fromPort, toPort } = datagram
    const head = `frame ${frame}: ${what.toUpperCase()} from ${formatIp4(from)} port ${fromPort} to port ${toPort}`
    return [head, ...viewOf(subject, { ...told, facts }).lines, '']
  })
  return { ...view, lines: [...lines, ...summaryOf(capture)] }
}

function summaryOf({ frames, datagrams, leftOut, broken }: Capture): readonly string[] {
  return [
    `${counted(frames, 'frame')}, ${counted(datagrams.length, 'packet')} answered`,
    ...[...leftOut].map(([reason, count]) => `${count} left out: ${reason}`),
    ...(broken === undefined ? [] : [`the capture is broken after frame ${frames}: ${broken}`]),
  ]
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function ofPcap(base64: string): Capture {
  const read = readCapture(Buffer.from(base64, 'base64'), foreignPacketsMax)
  if (read.ok) return read.capture
  throw unreadable('the capture', read.refusal)
}

const nowhere = ip4(0)
const portOf = { dhcp: 67, dns: 53, tftp: 69 } as const
const clientPortOf = { dhcp: 68, dns: 1024, tftp: 1024 } as const

function ofHex(hex: string, protocol: CapturedDatagram['protocol']): Capture {
  const payload = readHex(hex, foreignPayloadBytesMax)
  if (payload === undefined)
    throw unreadable(
      '--hex',
      `it is no payload of 1 to ${foreignPayloadBytesMax} bytes in hex digits`,
    )
  const ports = { fromPort: clientPortOf[protocol], toPort: portOf[protocol] }
  const datagram = { frame: 1, protocol, payload, from: nowhere, ...ports }
  return { datagrams: [datagram], frames: 1, leftOut: new Map() }
}

function unreadable(where: string, why: string): Fault {
  return new Fault('CPC-FEED-004', {
    what: 'the packets cannot be read',
    where,
    why,
    todo: 'give a capture of tcpdump -w FILE (pcap or pcapng), or one UDP payload as hex digits',
  })
}

function foreignOf({ protocol, payload, from, fromPort, toPort }: CapturedDatagram): ForeignPacket {
  return { protocol, payload: payload.toHex(), from, fromPort, toPort }
}
