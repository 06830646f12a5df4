// Why this file exists: who may log in to a host, whether the host knows it by now, and why somebody may not, for people who ask.
import type { MachineView } from '#api'
import { type DnsName, foldNodeSet, type Machine, type Person, type Snapshot } from '#directory'
import { mayLogIn } from '#host'
import type { PeopleKeeper } from '../people/keeper.ts'
import { machinesOf } from './machines.ts'

type PeopleFacts = Pick<
  MachineView,
  'mayLogIn' | 'maySudo' | 'mayNotLogIn' | 'peopleTakenAt' | 'peopleTrouble'
>

/** Of a host; nobody logs in to other machines through us. */
export function peopleFacts(machine: Machine, people: PeopleKeeper): PeopleFacts {
  if (machine.role !== 'host') return {}
  const { accounts, refused, takenAt, trouble } = people.stateOf(machine)
  return {
    mayLogIn: accounts.map(({ name }) => name),
    maySudo: accounts.filter(({ sudo }) => sudo).map(({ name }) => name),
    mayNotLogIn: refused.map(({ name, reason }) => `${name}: ${reason}`),
    ...(takenAt !== undefined && { peopleTakenAt: new Date(takenAt).toISOString() }),
    ...(trouble !== undefined && { peopleTrouble: trouble }),
  }
}

export function peopleLines(machine: Machine, people: PeopleKeeper): readonly string[] {
  const {
    mayLogIn: names = [],
    maySudo = [],
    mayNotLogIn = [],
    ...host
  } = peopleFacts(machine, people)
  if (machine.role !== 'host') return []
  const shown = names.map((name) => (maySudo.includes(name) ? `${name} (sudo)` : name))
  const who = shown.join(', ') || 'nobody but root: no person shares a tag with it'
  const since =
    host.peopleTakenAt === undefined ? 'it was not told yet' : `since ${host.peopleTakenAt}`
  return [
    `log in   ${who}; ${host.peopleTrouble ?? since}`,
    ...mayNotLogIn.map((line) => `log in   not ${line}`),
  ]
}

export function explainPerson(
  person: Person,
  snapshot: Snapshot,
  people: PeopleKeeper,
): readonly string[] {
  const { dn, uid, uidNumber, tags, sudo, sshKeys } = person
  const hosts = machinesOf(snapshot).filter(
    (machine) => machine.role === 'host' && mayLogIn(person, machine),
  )
  const byState = new Map<string, DnsName[]>()
  for (const machine of hosts) {
    const state = stateOn(machine, uid, people)
    byState.set(state, [...(byState.get(state) ?? []), machine.name])
  }
  const where = [...byState].map(([state, names]) => `log in   ${foldNodeSet(names)}: ${state}`)
  return [
    `entry    ${dn}`,
    `person   ${uid}, uidNumber ${uidNumber ?? 'missing'}, ${sshKeys.length} keys`,
    `tags     ${tags.join(', ') || 'none: without a tag nobody may log in anywhere'}`,
    `sudo     ${sudo ? 'yes, where it may log in' : 'no'}`,
    ...(where.length === 0 ? ['log in   nowhere: no host has one of its tags'] : where),
  ]
}

function stateOn(machine: Machine, uid: string, people: PeopleKeeper): string {
  const { refused, takenAt, trouble } = people.stateOf(machine)
  const refusal = refused.find(({ name }) => name === uid)
  if (refusal !== undefined) return `no: ${refusal.reason}`
  if (trouble !== undefined) return `not certain: ${trouble}`
  return takenAt === undefined ? 'when it is up' : 'yes'
}

/** A person whose entry was set aside has no name but in its DN. */
export function explainAside(uid: string, snapshot: Snapshot): readonly string[] | undefined {
  const start = `uid=${uid},`.toLowerCase()
  const item = [...snapshot.setAside.values()].find(({ dn }) => dn.toLowerCase().startsWith(start))
  return item && [`entry    ${item.dn}`, `aside    ${item.reason}`]
}
