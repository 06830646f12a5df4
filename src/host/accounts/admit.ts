// Why this file exists: being allowed by a tag is not enough for an account: its name and number must be nobody else's on
// that host, and there must be a way in. Whoever gets none is told why.
import type { Machine, Person } from '#directory'
import { mayLogIn } from './tags.ts'

/** What a host is made of before anybody was let in, as its image brings it. */
export interface BaseFiles {
  readonly passwd: string
  readonly group: string
  readonly shadow: string
  readonly sudoers: string
  /** One path a line; the first is for those who wish for another. */
  readonly shells: string
}

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly fullName: string
  readonly shell: string
  /** Type and key, without comments. */
  readonly keys: readonly string[]
  readonly sudo: boolean
}

export interface NotAdmitted {
  readonly name: string
  readonly reason: string
}

export interface Admission {
  /** By name. */
  readonly accounts: readonly Account[]
  readonly refused: readonly NotAdmitted[]
}

export const accountsMax = 2_000
export const keysMax = 64
const firstUid = 1_000
const lastUid = 0x7fff_ffff
const accountName = /^[a-z_][a-z0-9_.-]{0,31}$/
const bareKey = /^([a-z][a-z0-9@.-]{2,50} [A-Za-z0-9+/]+={0,3})(\s|$)/
const closedShell = /\/(nologin|false)$/

/** Of `persons` those whom a tag lets in. */
export function admit(
  persons: Iterable<Person>,
  machine: Pick<Machine, 'tags'>,
  base: BaseFiles,
): Admission {
  const allowed = [...persons]
    .filter((person) => mayLogIn(person, machine))
    .toSorted((one, other) => compareText(one.uid, other.uid))
  const taken = takenBy(base)
  const times = (list: readonly unknown[]): ReadonlyMap<unknown, number> => {
    const counts = new Map<unknown, number>()
    for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1)
    return counts
  }
  const names = times(allowed.map(({ uid }) => uid))
  const numbers = times(allowed.map(({ uidNumber }) => uidNumber))
  const accounts: Account[] = []
  const refused: NotAdmitted[] = []
  for (const person of allowed) {
    const isShared = (names.get(person.uid) ?? 0) > 1 || (numbers.get(person.uidNumber) ?? 0) > 1
    const reason =
      reasonAgainst(person, taken) ??
      (isShared ? 'another person has the same uid or uidNumber' : undefined) ??
      (accounts.length >= accountsMax ? `a host takes ${accountsMax} people` : undefined)
    if (reason === undefined) accounts.push(accountOf(person, taken))
    else refused.push({ name: person.uid, reason })
  }
  return { accounts, refused }
}

interface Taken {
  readonly names: ReadonlySet<string>
  readonly numbers: ReadonlySet<number>
  readonly shells: readonly string[]
}

function takenBy({ passwd, group, shells }: BaseFiles): Taken {
  const rows = [...linesOf(passwd), ...linesOf(group)].map((row) => row.split(':'))
  return {
    names: new Set(rows.map(([name = '']) => name)),
    numbers: new Set(rows.map(([, , number]) => Number(number))),
    shells: linesOf(shells).filter((shell) => shell.startsWith('/')),
  }
}

function reasonAgainst(person: Person, { names, numbers }: Taken): string | undefined {
  const { uid, uidNumber, loginShell } = person
  if (!accountName.test(uid)) return 'its uid is no account name'
  if (names.has(uid)) return 'its uid is an account of the host itself'
  if (uidNumber === undefined) return 'it has no uidNumber'
  if (!isPersonal(uidNumber) || numbers.has(uidNumber))
    return `its uidNumber ${uidNumber} is for accounts of the host itself`
  if (loginShell !== undefined && closedShell.test(loginShell))
    return `its loginShell ${loginShell} ends each log-in`
  return bareKeys(person).length === 0 ? 'it has no sshPublicKey' : undefined
}

function isPersonal(number: number): boolean {
  return Number.isInteger(number) && number >= firstUid && number <= lastUid
}

function accountOf(person: Person, { numbers, shells }: Taken): Account {
  const { uid: name, uidNumber = 0, gidNumber = uidNumber, loginShell, fullName = '' } = person
  const program = loginShell?.split('/').at(-1)
  const wished = shells.find((shell) => shell.split('/').at(-1) === program)
  return {
    name,
    uid: uidNumber,
    gid: isPersonal(gidNumber) && !numbers.has(gidNumber) ? gidNumber : uidNumber,
    fullName,
    shell: wished ?? shells[0] ?? '/bin/sh',
    keys: bareKeys(person),
    sudo: person.sudo,
  }
}

/** Type and key alone: a comment says who made it, to whoever reads the file, and what stands before is obeyed by sshd. */
function bareKeys({ sshKeys }: Person): readonly string[] {
  const keys = sshKeys.flatMap((line) => bareKey.exec(line.trim())?.[1] ?? [])
  return [...new Set(keys)].slice(0, keysMax)
}

export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
