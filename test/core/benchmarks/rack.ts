// Why this file exists: benchmarks are tested on machines that are this one: our scripts run in a real shell, with SSH played
// by a program that starts them here, or in a network namespace for each machine.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { HplRunView } from '#api'
import {
  applyDeltas,
  emptySnapshot,
  type Entry,
  type EntryId,
  type Ip4,
  type Machine,
  type Network,
  parseDnsName,
  parseIp4,
  parseLabel,
  parseSubnet,
  parseUuid,
  type Snapshot,
  type Vcn,
} from '#directory'
import type { MachineState } from '#host'
import { openCoreStore } from '#store'
import { Benchmarks } from '../../../src/core/benchmarks/benchmarks.ts'
import type { ProgramOrder, RunProgram } from '../../../src/core/benchmarks/program.ts'
import { runProgram } from '../../../src/core/benchmarks/program.ts'

export function known<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

export const caller = { name: 'ada', role: 'operator' } as const
export const hostKey = `ssh-ed25519 ${'A'.repeat(68)}`

let numbers = 0

export function newEntryId(): EntryId {
  numbers += 1
  return known(parseUuid(`00000000-0000-4000-8000-${String(numbers).padStart(12, '0')}`))
}

export function network(name: string, subnet: string, vni?: number): Network {
  return {
    kind: 'network',
    id: newEntryId(),
    dn: `cn=${name}`,
    name: known(parseLabel(name)),
    ...known(parseSubnet(subnet)),
    leaseSeconds: 600,
    ...(vni === undefined ? {} : { vni }),
  }
}

function device(name: string, address: string | undefined, aliases: readonly string[]) {
  const id = newEntryId()
  const known4 = address === undefined ? undefined : known(parseIp4(address))
  return {
    id,
    dn: `cn=${name}`,
    name: known(parseDnsName(name)),
    aliases: aliases.map((alias) => known(parseDnsName(alias))),
    nics: [{ id, macs: [], ...(known4 === undefined ? {} : { address: known4 }) }],
    tags: [],
  }
}

export function host(name: string, address?: string): Machine {
  return { kind: 'machine', ...device(name, address, []), role: 'host', bootParameters: [] }
}

export function vcn(name: string, address?: string, aliases: readonly string[] = []): Vcn {
  const [, cluster = '', vo = ''] = name.split('.')
  return {
    kind: 'vcn',
    ...device(name, address, aliases),
    vo: known(parseLabel(vo)),
    cluster: known(parseLabel(cluster)),
    host: known(parseDnsName('n001')),
  }
}

export function snapshotOf(...entries: readonly Entry[]): Snapshot {
  return applyDeltas(
    emptySnapshot(known(parseDnsName('cluster.test'))),
    entries.map((entry) => ({ kind: 'put', entry })),
  )
}

export interface Rack {
  readonly benchmarks: Benchmarks
  readonly told: readonly string[]
  /** Where machines keep what a run brings. */
  readonly remoteFolder: string
  readonly authorizedKeys: string
  readonly clock: { now: number }
  /** The same store under the core that comes after. */
  readonly restart: () => Benchmarks
}

export interface RackOptions {
  readonly snapshot: Snapshot
  readonly run: RunProgram
  readonly states?: ReadonlyMap<EntryId, MachineState>
  readonly secret?: string
}

export function openRack(t: TestContext, options: RackOptions): Rack {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-bench-'))
  const { snapshot, run, states = new Map<EntryId, MachineState>(), secret } = options
  const clock = { now: 1_790_000_000_000 }
  const store = openCoreStore(join(folder, 'core.db'), () => clock.now)
  const authorizedKeys = join(folder, 'authorized_keys')
  const remoteFolder = join(folder, 'remote')
  const knownHostsFile = join(folder, 'known_hosts')
  writeFileSync(authorizedKeys, 'ssh-ed25519 OURS coppice\n')
  const lines = [...snapshot.entries.values()].map(({ id }) => `${id} ${hostKey}\n`)
  writeFileSync(knownHostsFile, lines.join(''))
  mkdirSync(join(folder, 'secret'), { mode: 0o700 })
  const told: string[] = []
  let runs = 0
  const open = (): Benchmarks =>
    new Benchmarks({
      run,
      place: { folder: remoteFolder, authorizedKeys },
      folder: join(folder, 'secret', 'benchmarks'),
      sshIdentity: { keyFile: join(folder, 'id'), knownHostsFile },
      clusterSecret: () => secret,
      now: () => (clock.now += 1),
      pause: (ms) => pause(Math.min(ms, 50)),
      runs: store.hplRuns,
      snapshot: () => snapshot,
      stateOf: (machine) => states.get(machine) ?? 'ready',
      newId: () => `run${(runs += 1)}`,
      tell: (kind, subject, text) => told.push(`${kind} ${subject}: ${text}`),
    })
  const benchmarks = open()
  t.after(async () => {
    await benchmarks[Symbol.asyncDispose]()
    store[Symbol.dispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  return { benchmarks, told, remoteFolder, authorizedKeys, clock, restart: open }
}

/** What a call of ours to ssh asks of which machine; `undefined` for another program. */
export function remoteCommand(
  argv: readonly string[],
): { readonly address: Ip4; readonly command: string } | undefined {
  const at = argv.indexOf('--')
  if (!argv.includes('ssh') || at === -1) return undefined
  const address = parseIp4((argv[at - 1] ?? '').replace('root@', ''))
  return { address: known(address), command: known(argv[at + 1]) }
}

/** Plays SSH: what was meant for a machine runs in `argvOn` its address. */
export function sshPlayedBy(
  argvOn: (address: Ip4, command: string) => readonly [string, ...string[]],
): RunProgram {
  return (order: ProgramOrder) => {
    const remote = remoteCommand(order.argv)
    if (order.argv.includes('ssh-keyscan')) {
      const output = `${order.argv.at(-1) ?? ''} ${hostKey}\n`
      return Promise.resolve({ status: 0, output, complaint: '' })
    }
    const argv = remote === undefined ? order.argv : argvOn(remote.address, remote.command)
    return runProgram({ ...order, argv })
  }
}

const turnMs = 20
const waitMsMax = 60_000

export async function until(isSo: () => boolean, what: string): Promise<void> {
  const last = Date.now() + waitMsMax
  while (!isSo()) {
    assert.ok(Date.now() < last, `waited in vain for ${what}`)
    await pause(turnMs)
  }
}

export async function ended(benchmarks: Benchmarks, id: string): Promise<HplRunView> {
  await until(() => benchmarks.show(id).state !== 'running', `the end of run ${id}`)
  return benchmarks.show(id)
}
