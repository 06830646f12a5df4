// Why this file exists: VO networks come and go while wire runs, and their ends may be made anew under the same names. Which of them are served is brought in line here, one after the other, and no trouble there reaches the rest.
import { Fault } from '#fault'
import { namespaceName } from '#directory'
import type { ExplainedEnd } from './explain/places.ts'
import { openTenantEnd, standingOf, type TenantContext, type TenantEnd } from './tenant-end.ts'

/** Each holds four files, and up to 32 connections. */
export const tenantEndsMax = 256

export interface TenantOptions {
  /** At each tick, because no other service of DHCP forgets leases that have ended. */
  readonly sweepsLeases: boolean
}

export class Tenants {
  readonly #context: TenantContext
  readonly #options: TenantOptions
  readonly #open = new Map<number, TenantEnd>()
  /** Why an end is not served, told once. */
  readonly #troubles = new Map<number, string>()
  #wanted: readonly number[] = []
  #working: Promise<void> = Promise.resolve()
  #isQueued = false

  constructor(context: TenantContext, options: TenantOptions) {
    this.#context = context
    this.#options = options
  }

  /** The networks to serve from now on. Resolves when that is done as far as it can be. */
  want(vnis: readonly number[]): Promise<void> {
    if (vnis.length > tenantEndsMax)
      this.#context.log(
        `${vnis.length} VO networks end here; ${tenantEndsMax} is the limit, and the others are not served`,
      )
    this.#wanted = vnis.slice(0, tenantEndsMax)
    return this.look()
  }

  /** What was made, unmade or made anew meanwhile. However often it is asked, at most one more look waits. */
  look(): Promise<void> {
    if (!this.#isQueued) {
      this.#isQueued = true
      this.#working = this.#working.then(() => this.#settle())
    }
    return this.#working
  }

  /** Where VOs' nodes are answered now. */
  ends(): readonly ExplainedEnd[] {
    return [...this.#open.values()].map(({ explained }) => explained)
  }

  /** To be called every few seconds. */
  async tick(): Promise<void> {
    if (this.#wanted.length === 0 && this.#open.size === 0) return
    await this.look()
    const [end] = this.#open.values()
    if (this.#options.sweepsLeases) await end?.dhcp.tick()
  }

  async close(): Promise<void> {
    this.#wanted = []
    await this.look()
  }

  async #settle(): Promise<void> {
    this.#isQueued = false
    const wanted = this.#wanted.filter((vni) => this.#isDescribed(vni))
    for (const [vni, end] of this.#open) {
      if (!wanted.includes(vni)) await this.#drop(vni, end, 'no longer wanted')
      else if (standingOf(vni) !== end.standing)
        await this.#drop(vni, end, 'its namespace, device or address has changed')
    }
    for (const vni of this.#troubles.keys()) if (!wanted.includes(vni)) this.#troubles.delete(vni)
    for (const vni of wanted) if (!this.#open.has(vni)) await this.#serve(vni)
  }

  /** A namespace may bear one of our names and be somebody else's. */
  #isDescribed(vni: number): boolean {
    const networks = this.#context.picture()?.snapshot.networks ?? []
    return networks.some((network) => network.vni === vni)
  }

  async #serve(vni: number): Promise<void> {
    try {
      this.#open.set(vni, await openTenantEnd(vni, this.#context))
      this.#troubles.delete(vni)
      this.#context.log(`VO network ${vni} is served in ${namespaceName(vni)}`)
    } catch (error) {
      const why = error instanceof Fault ? error.message : String(error)
      if (this.#troubles.get(vni) !== why)
        this.#context.log(`VO network ${vni} is not served: ${why}`)
      this.#troubles.set(vni, why)
    }
  }

  async #drop(vni: number, end: TenantEnd, why: string): Promise<void> {
    this.#open.delete(vni)
    this.#context.log(`VO network ${vni} is served no more: ${why}`)
    try {
      await end.close()
    } catch (error) {
      this.#context.log(`VO network ${vni} was not closed cleanly: ${String(error)}`)
    }
  }
}
