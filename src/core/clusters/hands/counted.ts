// Why this file exists: every call that may change something goes through here and is counted, so that "nothing was
// changed" is a figure and no promise.
import type { DirectoryWriter } from '#ldap-sync'
import type { Procedure } from '#libvirt'
import { procedureEffect } from './procedure-effect.table.ts'
import { givenUp } from './trouble.ts'

/** What hands ask of a host's libvirt; its connection is one. */
export interface HostCalls {
  call<A, R>(procedure: Procedure<A, R>, asked: A, deadlineMs?: number): Promise<R>
}

/** What hands ask of the directory. */
export type EntryWriter = Pick<
  DirectoryWriter,
  'addEntry' | 'addNetwork' | 'addNic' | 'changeEntry' | 'changeNetwork' | 'remove'
>

export class Writes {
  libvirt = 0
  ldap = 0
}

const effects: ReadonlyMap<string, string> = new Map(Object.entries(procedureEffect))

export interface Counting {
  readonly writes: Writes
  readonly signal: AbortSignal
  /** No call gets less: its place in the queue counts, too. */
  readonly deadlineMs: number
}

/** What was given up asks for nothing more. */
export function countedHost(host: HostCalls, { writes, signal, deadlineMs }: Counting): HostCalls {
  return {
    call(procedure, asked) {
      if (signal.aborted) return Promise.reject(givenUp(procedure.name))
      if (effects.get(procedure.name) !== 'reads') writes.libvirt += 1
      return host.call(procedure, asked, Math.max(procedure.deadlineMs, deadlineMs))
    },
  }
}

export function countedWriter(
  writer: EntryWriter,
  { writes, signal }: Omit<Counting, 'deadlineMs'>,
): EntryWriter {
  const counted = <T>(work: () => Promise<T>): Promise<T> => {
    if (signal.aborted) return Promise.reject(givenUp('a change of the directory'))
    writes.ldap += 1
    return work()
  }
  return {
    addEntry: (dn, classes, values) => counted(() => writer.addEntry(dn, classes, values)),
    addNetwork: (name, subnet, fields) => counted(() => writer.addNetwork(name, subnet, fields)),
    addNic: (dn, label, fields) => counted(() => writer.addNic(dn, label, fields)),
    changeEntry: (dn, own, values) => counted(() => writer.changeEntry(dn, own, values)),
    changeNetwork: (dn, fields) => counted(() => writer.changeNetwork(dn, fields)),
    remove: (dn) => counted(() => writer.remove(dn)),
  }
}
