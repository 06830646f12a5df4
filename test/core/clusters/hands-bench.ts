// Why this file exists: hands are tried one world at a time: a real libvirt, a real slapd, real namespaces. What a test is
// not about stands here as small true values.
import assert from 'node:assert/strict'
import { applyDeltas, emptySnapshot, type Entry, type Snapshot } from '#directory'
import { type Life, newLife } from '#host'
import type { Fence, FenceTable } from '#store'
import type { HandAction, StepPlace } from '../../../src/core/clusters/hands.ts'
import { Hands, type HandsParts } from '../../../src/core/clusters/hands/open.ts'
import { domain, label, machine, name, network } from '../../directory/samples.ts'

export const vni = 16_000_000 + (process.pid % 700_000)
export const host = machine(1, { role: 'host', address: '198.19.0.2', tags: ['fast'] })
export const voNetwork = network(2, '10.128.0.0/20', { name: label('vo-physics'), vni })
export const facts = {
  libvirtVersion: '9.0.0',
  hostname: 'n1',
  cpus: 2,
  memoryMiB: 1024,
  kvm: true,
}
export const hostName = name('n1')
export const vcnName = name('compute3.hpl.physics')

export function snapshotOf(...entries: readonly Entry[]): Snapshot {
  const deltas = entries.map((entry) => ({ kind: 'put', entry }) as const)
  return applyDeltas(emptySnapshot(domain), deltas)
}

export function lifeOf(state: Life['state'], boot = 3): Life {
  return { ...newLife(host.id), state, boot }
}

export class Fences implements FenceTable {
  readonly #kept = new Map<string, Fence>()

  put(id: string, fence: Fence): void {
    this.#kept.set(id, fence)
  }

  find(id: string): Fence | undefined {
    return this.#kept.get(id)
  }

  remove(id: string): void {
    this.#kept.delete(id)
  }
}

function notHere(what: string): () => never {
  return () => assert.fail(`${what} was not to be used`)
}

/** Hands whose every part fails the test, but for those that it brings. */
export function handsOf(parts: Partial<HandsParts>): Hands {
  const snapshot = snapshotOf(host, voNetwork)
  return new Hands({
    directory: { snapshot, untilShown: notHere('the directory') },
    writer: {
      addEntry: notHere('LDAP'),
      addNetwork: notHere('LDAP'),
      addNic: notHere('LDAP'),
      changeEntry: notHere('LDAP'),
      changeNetwork: notHere('LDAP'),
      remove: notHere('LDAP'),
    },
    serving: () => Number.MAX_SAFE_INTEGER,
    hosts: { life: () => lifeOf('unknown'), session: () => undefined, observe: () => undefined },
    reach: { connectionOf: () => undefined, sshWords: notHere('SSH') },
    tenants: { put: notHere('the list of tenants'), remove: notHere('the list of tenants') },
    authorizedKeyOf: notHere('the keys of clusters'),
    placement: { vcpusPerCpu: 4, hostMemoryBytes: 256 * 1024 ** 2 },
    fences: new Fences(),
    powerOf: notHere('a BMC'),
    onAway: (_host, why) => assert.fail(why),
    now: () => 1_790_000_000_000,
    ...parts,
    limits: { pauseMs: 5, steadyMs: 50, ...parts.limits },
  })
}

/** A step that nobody stops. */
export function stepPlace(marks: string[] = []): StepPlace {
  return { signal: new AbortController().signal, mark: (phase) => void marks.push(phase) }
}

/** The battery's first statement: whatever was done may be done again. */
export async function performTwice(
  hands: Hands,
  action: HandAction,
  look: () => Promise<unknown>,
): Promise<void> {
  await hands.perform(action, stepPlace())
  const once = await look()
  await hands.perform(action, stepPlace())
  assert.deepEqual(await look(), once, `${action.kind}, done again`)
}
