// Why this file exists: "why?" has an answer for every machine. What it would get now is asked of wire, which alone knows;
// what it is, who may log in there and how its last boot went is added here.
import type { ExplanationView } from '#api'
import {
  type DnsName,
  type Machine,
  parseDnsName,
  parseIp4,
  parseMac,
  type Snapshot,
} from '#directory'
import { Fault } from '#fault'
import type { AnswerTo, Fact, Told, WireQuestion } from '#feed'
import type { ServiceContext } from './context.ts'
import { labelled, linesOf } from './explain-lines.ts'
import { nearestName } from './nearest-name.ts'
import { explainAside, explainPerson, peopleLines } from './people.ts'

export type AskWire = <Q extends WireQuestion>(question: Q) => Promise<AnswerTo<Q>>

const trailLinesMax = 5

export async function explain(
  subject: string,
  context: ServiceContext,
  ask: AskWire,
): Promise<ExplanationView> {
  const person = personLines(subject, context)
  const isOnlyPerson =
    person !== undefined && machineNamed(subject, context.snapshot()) === undefined
  if (isOnlyPerson) return { subject, kind: 'person', lines: person, facts: [] }
  const told = await ask({ kind: 'subject', subject })
  if (told.subject === 'nobody') throw nobody(subject, context.snapshot())
  return viewOf(subject, told, [...coreLines(told, context), ...(person ?? [])])
}

export function viewOf(
  subject: string,
  { subject: kind, facts }: Told,
  more: readonly string[] = [],
  isServed = true,
): ExplanationView {
  const now = facts.filter(({ topic }) => topic !== 'last')
  const last = facts.filter(({ topic }) => topic === 'last')
  const isOfMachine = kind === 'machine' || kind === 'vcn' || kind === 'stranger'
  const seen =
    last.length === 0 && isOfMachine && isServed ? [labelled('last', neverSeen)] : linesOf(last)
  return { subject, kind, lines: [...linesOf(now), ...more, ...seen], facts: facts.map(factView) }
}

const neverSeen = 'nothing was seen of it since wire, which answers machines, was started'

export function factView(fact: Fact): ExplanationView['facts'][number] {
  const { operands, ...rest } = fact
  return { ...rest, ...(operands && { operands: [...operands] }) }
}

/** Of whoever has that name as a person, served or set aside. */
function personLines(subject: string, context: ServiceContext): readonly string[] | undefined {
  if (parseMac(subject) !== undefined || parseIp4(subject) !== undefined) return undefined
  const { people } = context
  const snapshot = context.snapshot()
  const person = people.named(subject)
  return person ? explainPerson(person, snapshot, people) : explainAside(subject, snapshot)
}

/** What core knows beside it. */
function coreLines(told: Told, context: ServiceContext): readonly string[] {
  const name = told.facts.find(({ topic }) => topic === 'name')?.values?.['name']
  const device = name === undefined ? undefined : machineNamed(name, context.snapshot())
  if (device?.kind === 'machine') return machineLines(device, context)
  const mac = told.facts.find(({ topic }) => topic === 'card')?.values?.['mac']
  return told.subject === 'stranger' && mac !== undefined ? strangerLines(mac, context) : []
}

function machineLines(machine: Machine, context: ServiceContext): readonly string[] {
  const { hosts, people } = context
  const life = hosts.life(machine.id)
  const reason = life.failure?.reason ?? life.waitingFor
  const trail = life.trail.slice(-trailLinesMax)
  return [
    labelled(
      'state',
      `${life.state}, boot ${life.boot}${reason === undefined ? '' : `: ${reason}`}`,
    ),
    ...peopleLines(machine, people),
    ...trail.map((line, at) => labelled(at === 0 ? 'seen' : '', line)),
  ]
}

function strangerLines(mac: string, { sightings }: ServiceContext): readonly string[] {
  const seen = sightings.waiting().find((one) => one.mac === mac)
  const since = seen ? `since ${seen.firstSeen}, last ${seen.lastSeen}` : 'it has not asked yet'
  return [
    labelled('state', `unknown; ${since}`),
    labelled('todo', `coppice machine adopt ${mac} --name NAME`),
  ]
}

function machineNamed(text: string, snapshot: Snapshot) {
  const name = parseDnsName(text)
  const suffix = `.${snapshot.domain}`
  const relative = name?.endsWith(suffix) ? parseDnsName(name.slice(0, -suffix.length)) : name
  return relative === undefined ? undefined : snapshot.byName.get(relative)?.device
}

function nobody(subject: string, snapshot: Snapshot): Fault {
  const near: DnsName | undefined = nearestName(subject, snapshot)
  const aside = asideNamed(subject, snapshot)
  if (aside)
    return new Fault('CPC-HOST-001', {
      what: `${JSON.stringify(subject)} is not served: its entry is set aside`,
      where: aside.dn,
      why: aside.reason,
      todo: 'correct the entry, or the one that holds what it claims; coppice lint lists all of them',
    })
  return new Fault('CPC-HOST-001', {
    what: `nobody is called ${JSON.stringify(subject)}`,
    where: 'the directory, as it is served',
    why: 'no machine, no node of a VO and no person has this name; DNS answers NXDOMAIN for it',
    todo:
      near === undefined
        ? 'see coppice machine list; or ask by MAC or by address'
        : `did you mean ${near}? (coppice explain ${near})`,
  })
}

/** It has no name but in its DN. */
function asideNamed(subject: string, { setAside }: Snapshot) {
  const start = `cn=${subject},`.toLowerCase()
  for (const item of setAside.values()) if (item.dn.toLowerCase().startsWith(start)) return item
  return undefined
}
