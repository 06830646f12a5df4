// Why this file exists: a VO's network ends in a network namespace of its own, and a socket belongs for life to the
// namespace in which its thread stood when it was made. So our thread goes in, makes it, and is back before anything
// else can run.
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#fault'
import { CallRefused, libc } from './libc.ts'
import { notPermitted } from './not-permitted.ts'

/** Holds the namespace open: its name may go, it itself stays until this is closed. */
export interface NetworkNamespace extends Disposable {
  readonly name: string
  /** The kernel's number of it; what is made anew under the same name has another one. */
  readonly inode: number
  /** What `act` opens lives there. It is done when it returns: a promise would go on outside. */
  within<T>(act: () => T): T
}

/** What going in and out needs of the system. */
export interface NamespaceCalls {
  enter(descriptor: number): void
  /** Must not return. */
  die(why: string): void
}

/** Where `ip netns` keeps them. */
const folder = '/run/netns'
const ownNamespace = '/proc/thread-self/ns/net'

/** Throws the Faults CPC-NET-002 and 008. */
export function openNamespace(name: string): NetworkNamespace {
  const there = openOrExplain(name)
  const home = openSync(ownNamespace, 'r')
  const namespace: NetworkNamespace = {
    name,
    inode: fstatSync(there).ino,
    within: (act) => visit({ there, home }, act, realCalls),
    [Symbol.dispose]() {
      closeSync(there)
      closeSync(home)
    },
  }
  try {
    // A name is there a moment before its namespace is.
    namespace.within(() => undefined)
    return namespace
  } catch (cause) {
    namespace[Symbol.dispose]()
    throw refused(name, cause)
  }
}

/** In, and back in any case. Whoever cannot come back would serve one network's clients on another. */
export function visit<T>(
  descriptors: { readonly there: number; readonly home: number },
  act: () => T,
  calls: NamespaceCalls,
): T {
  calls.enter(descriptors.there)
  try {
    return act()
  } finally {
    try {
      calls.enter(descriptors.home)
    } catch (cause) {
      calls.die(String(cause))
    }
  }
}

const realCalls: NamespaceCalls = {
  enter: (descriptor) => libc().enterNetworkNamespace(descriptor),
  die(why) {
    writeSync(2, `the way back from a network namespace is closed: ${why}\n`)
    process.abort()
  },
}

function openOrExplain(name: string): number {
  try {
    return openSync(join(folder, name), 'r')
  } catch (cause) {
    throw noSuchNamespace(name, cause)
  }
}

function refused(name: string, cause: unknown): unknown {
  if (!(cause instanceof CallRefused)) return cause
  return cause.reason === 'EPERM'
    ? notPermitted(`network namespace ${name}`, cause)
    : noSuchNamespace(name, cause)
}

function noSuchNamespace(name: string, cause: unknown): Fault {
  return new Fault(
    'CPC-NET-008',
    {
      what: `no network namespace is called ${name}`,
      where: `${folder}/${name}`,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: `see ip netns list; the appliance makes those of VO networks itself`,
    },
    { cause },
  )
}
