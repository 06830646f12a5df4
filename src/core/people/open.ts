// Why this file exists: people are kept up to date on hosts by SSH; here the keeper gets its hands, its clock and its digest.
import { createHash } from 'node:crypto'
import type { EntryId, Ip4, Snapshot } from '#directory'
import type { HostKeeper } from '#host'
import { runProgram } from '../benchmarks/program.ts'
import type { EventHub } from '../events.ts'
import type { CoreReach } from '../reach.ts'
import { askHost, type ExchangeParts, tellHost } from './exchange.ts'
import { PeopleKeeper } from './keeper.ts'
import { peopleLimits } from './record.ts'
import { peoplePlace } from './scripts.ts'

export interface PeopleEdges {
  readonly reach: CoreReach
  readonly hosts: HostKeeper
  readonly events: EventHub
  readonly snapshot: () => Snapshot
  readonly addressOf: (machine: EntryId) => Ip4 | undefined
  readonly now: () => number
}

export function openPeople(edges: PeopleEdges): PeopleKeeper {
  const { reach, hosts, events, snapshot, addressOf, now } = edges
  const exchange = (
    target: Parameters<CoreReach['sshWords']>[0],
    signal: AbortSignal,
  ): ExchangeParts => ({
    run: runProgram,
    argvTo: (command) => reach.sshWords(target, command),
    place: peoplePlace,
    signal,
    now,
  })
  return new PeopleKeeper({
    limits: peopleLimits,
    ask: (target, signal) => askHost(exchange(target, signal)),
    tell: (target, { known, wanted, ended }, signal) =>
      tellHost(exchange(target, signal), { known, wanted, ended }),
    lives: () => hosts.lives(),
    machine(id) {
      const entry = snapshot().entries.get(id)
      return entry?.kind === 'machine' ? entry : undefined
    },
    addressOf,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    now,
    later(milliseconds, action) {
      const timer = setTimeout(action, milliseconds)
      return () => clearTimeout(timer)
    },
    event: (kind, subject, text) => events.tell(kind, subject, text),
  })
}
