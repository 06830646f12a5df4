// Why this file exists: which VO networks end at this appliance is known to core, which makes and unmakes the ends;
// wire, which serves them, is told the whole list each time.
import { existsSync, readdirSync } from 'node:fs'
import type { FeedMessage } from '#feed'
import { namespaceName } from '#vocluster'

export class TenantEnds {
  readonly #send: (message: FeedMessage) => void
  readonly #vnis: Set<number>

  /** `found`: ends that are there already. A core that starts again must not take them from those who use them. */
  constructor(send: (message: FeedMessage) => void, found: readonly number[] = []) {
    this.#send = send
    this.#vnis = new Set(found)
  }

  all(): readonly number[] {
    return [...this.#vnis].toSorted((one, other) => one - other)
  }

  /** Once the end is up. Told even when it is known: it may have been made anew. */
  put(vni: number): void {
    this.#vnis.add(vni)
    this.#tell()
  }

  /** Before the namespace is deleted: it lives on as long as wire has a socket in it. */
  remove(vni: number): void {
    if (this.#vnis.delete(vni)) this.#tell()
  }

  #tell(): void {
    this.#send({ kind: 'tenants', vnis: this.all() })
  }
}

/** The ends that an earlier core has left, by the names of their namespaces. */
export function endsFound(folder = '/run/netns'): readonly number[] {
  // Nobody has made a namespace since this machine started.
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => vniOf(name) ?? [])
}

const vniMax = 0xff_ffff

function vniOf(name: string): number | undefined {
  const vni = Number(/\d+$/.exec(name)?.[0])
  return vni >= 1 && vni <= vniMax && namespaceName(vni) === name ? vni : undefined
}
