// Why this file exists: a host that says of each domain what a test wants, in libvirt's own bytes.
import type { DomainRef } from '#libvirt'
import type { HostCalls } from '../../../src/core/clusters/hands/counted.ts'
import { writeDomain } from '../../../src/libvirt/procedure/objects.ts'
import { XdrReader } from '../../../src/libvirt/xdr/reader.ts'
import { XdrWriter } from '../../../src/libvirt/xdr/writer.ts'

/** libvirt's numbers. */
export type ToldState = readonly [state: number, reason: number]

/** libvirt's type of a typed value that is a number. */
const integer = 1

export interface ToldStates {
  readonly domains: () => readonly (readonly [DomainRef, ToldState])[]
  /** Of the domain that is asked about, whichever it is. */
  readonly stateOf: (asked: unknown) => ToldState
  readonly onCall?: (name: string) => void
}

export function hostTelling({ domains, stateOf, onCall }: ToldStates): HostCalls {
  return {
    call(procedure, asked) {
      onCall?.(procedure.name)
      const answer = new XdrWriter()
      if (procedure.name === 'domainGetState') writeState(answer, stateOf(asked))
      const [first] = domains()
      if (procedure.name === 'domainLookupByUuid' && first) writeDomain(answer, first[0])
      if (procedure.name === 'connectGetAllDomainStats') writeAll(answer, domains())
      return Promise.resolve(procedure.decode(new XdrReader(answer.bytes)))
    },
  }
}

function writeState(answer: XdrWriter, [state, reason]: ToldState): void {
  answer.int(state).int(reason)
}

function writeAll(answer: XdrWriter, all: readonly (readonly [DomainRef, ToldState])[]): void {
  answer.uint(all.length)
  for (const [domain, [state, reason]] of all) {
    writeDomain(answer, domain)
    answer.uint(2)
    answer.string('state.state').int(integer).int(state)
    answer.string('state.reason').int(integer).int(reason)
  }
}
