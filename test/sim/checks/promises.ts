// Why this file exists: what clients were told stands until its time is over or until they give it back, whatever happens to the
// appliance (invariants 1 and 2).

export interface Promised {
  readonly address: string
  readonly card: string
  /** True time, in milliseconds. */
  readonly until: number
  /** The disk took no record, and the directory said the address: it may be said (HOSTILE 34), and stands while it does. */
  readonly isUnrecorded: boolean
}

export class Promises {
  readonly #byAddress = new Map<string, Promised>()
  /** By address and card: said without a record, the last time it was said. */
  readonly #unrecorded = new Set<string>()

  /** Who was told that the address is theirs, and still may think so. */
  of(address: string, now: number): Promised | undefined {
    const found = this.#byAddress.get(address)
    return found && found.until > now ? found : undefined
  }

  make(promised: Promised): void {
    const { address, card, isUnrecorded } = promised
    this.#byAddress.set(address, promised)
    if (isUnrecorded) this.#unrecorded.add(`${address} ${card}`)
    else this.#unrecorded.delete(`${address} ${card}`)
  }

  /** Even when another was told since that the address is theirs. */
  wasUnrecorded(address: string, card: string): boolean {
    return this.#unrecorded.has(`${address} ${card}`)
  }

  /** By its own will: all that it had on that wire, or all but one. */
  giveUp(card: string, isOnWire: (address: string) => boolean, except?: string): void {
    for (const [address, promised] of this.#byAddress)
      if (promised.card === card && address !== except && isOnWire(address))
        this.#byAddress.delete(address)
  }

  standing(now: number): readonly Promised[] {
    return [...this.#byAddress.values()].filter(({ until }) => until > now)
  }
}
