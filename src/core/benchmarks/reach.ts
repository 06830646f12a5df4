// Why this file exists: both kinds of machines are reached by SSH and answer the same questions; what differs is where we
// stand when we ask, with which key, and how their host keys are known.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatIp4 } from '#directory'
import { Fault } from '#fault'
import { knownHostLine, sshArgv, type SshIdentity } from '#host'
import type { Crew, Member } from './crew.ts'
import type { RunProgram } from './program.ts'

/** How the machines of one run are reached. */
export interface Ways {
  readonly argvTo: (member: Member, command: readonly string[]) => readonly [string, ...string[]]
  /** `ssh-ed25519 AAAA…` */
  readonly hostKeyOf: (member: Member) => string
  /** They open to each other only for a run, with a key of the run. */
  readonly areLocked: boolean
}

export interface WayParts {
  readonly run: RunProgram
  /** Of this run only, 0700. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** An emulated machine that is busy takes long for an exchange of keys; the first value of an option counts. */
const patientOptions = [
  'ConnectTimeout=60',
  'ServerAliveInterval=20',
  'ServerAliveCountMax=6',
] as const

function patientArgv(
  identity: SshIdentity,
  { id, address }: Member,
  command: readonly string[],
): readonly [string, ...string[]] {
  const [program, ...rest] = sshArgv(identity, { machineId: id, address }, command)
  return [program, ...patientOptions.flatMap((option) => ['-o', option]), ...rest]
}

/** Hosts showed their keys to us over TLS, when they enrolled. */
export function waysToHosts(identity: SshIdentity): Ways {
  return {
    areLocked: true,
    argvTo: (member, command) => patientArgv(identity, member, command),
    hostKeyOf(member) {
      const key = keyIn(readFileSync(identity.knownHostsFile, 'utf8'), member.id)
      if (key !== undefined) return key
      throw silent(member, 'we know no SSH host key of it; it shows one when it enrols')
    },
  }
}

const scanDeadlineMs = 90_000
const scanSeconds = 60
const scanBytesMax = 16_384
const scansAtOnceMax = 8

/**
 * Nodes make their host keys by themselves, so we ask for them. The answer can be believed: we ask from inside the network
 * of the VO, where the filter on each NIC lets nobody speak with another's address.
 */
export async function waysToNodes(crew: Crew, secret: string, parts: WayParts): Promise<Ways> {
  const { folder, run, signal } = parts
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const identity = { keyFile: join(folder, 'key'), knownHostsFile: join(folder, 'known_hosts') }
  writeFileSync(identity.keyFile, secret, { mode: 0o600 })
  const inside = ['ip', 'netns', 'exec', `cvo${crew.vni ?? 0}`] as const
  const lines = await forEach(crew.members, scansAtOnceMax, async (member) => {
    const address = formatIp4(member.address)
    const scan = ['ssh-keyscan', '-T', String(scanSeconds), '-t', 'ed25519', address]
    const { output, why, complaint } = await run({
      argv: [...inside, ...scan],
      deadlineMs: scanDeadlineMs,
      outputBytesMax: scanBytesMax,
      signal,
    })
    const key = keyIn(output, address)
    const line = key === undefined ? undefined : knownHostLine(member.id, key)
    if (line !== undefined) return line
    throw silent(member, why ?? (complaint === '' ? 'it shows no SSH host key' : complaint))
  })
  const known = lines.join('')
  writeFileSync(identity.knownHostsFile, known, { mode: 0o600 })
  return {
    areLocked: false,
    argvTo: (member, command) => [...inside, ...patientArgv(identity, member, command)],
    hostKeyOf: (member) => keyIn(known, member.id) ?? '',
  }
}

/** The key that a file of known hosts, or an answer of ssh-keyscan, has for a name. */
function keyIn(text: string, name: string): string | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name} ssh-ed25519 `))
  return line?.split(' ').slice(1, 3).join(' ')
}

export function silent(member: Member, why: string): Fault {
  return new Fault('CPC-HPL-014', {
    what: 'a machine of the run did not do what it was asked',
    where: `${member.name} (${formatIp4(member.address)})`,
    why: why
      .replaceAll(/[^ -~]+/g, ' ')
      .trim()
      .slice(0, complaintCharsMax),
    todo: `look at it: coppice explain ${member.name}`,
  })
}

const complaintCharsMax = 400

/** In their order; the first that fails ends it, after those that were under way. */
export async function forEach<T, R>(
  items: readonly T[],
  atOnceMax: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += atOnceMax) {
    const some = await Promise.allSettled(items.slice(at, at + atOnceMax).map(work))
    for (const each of some) {
      if (each.status === 'rejected') throw each.reason
      results.push(each.value)
    }
  }
  return results
}
