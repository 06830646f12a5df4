// Why this file exists: an entry without an address is given one, once: the lowest free one of its network, written
// back to LDAP, or kept in our store where LDAP may not be written. What arrives together is given together, in the
// order of the names.
import { setImmediate } from 'node:timers/promises'
import {
  type Delta,
  type EntryId,
  formatIp4,
  freeAddresses,
  type Ip4,
  isSameEntry,
  type Machine,
  type Network,
  networkForNic,
  type Nic,
  type Snapshot,
  type Vcn,
} from '#directory'
import { addressOrder, type DirectorySync, LdapRefusal, nicDn, type OrderOutcome } from '#ldap-sync'
import type { CoreStore } from '#store'
import { applianceAddress } from '#vocluster'
import type { DirectoryKeeper } from './directory-keeper.ts'
import type { EventHub } from './events.ts'

export interface AddressParts {
  readonly directory: Pick<DirectoryKeeper, 'snapshot' | 'isClaimed' | 'take' | 'untilShown'>
  readonly sync: { readonly writer: Pick<DirectorySync['writer'], 'carryOut'> }
  readonly store: Pick<CoreStore, 'addresses'>
  readonly events: Pick<EventHub, 'tell'>
  readonly applianceAddresses: readonly Ip4[]
  /** The directory cannot be written: no name to bind with. */
  readonly readOnly: boolean
}

type Device = Machine | Vcn

interface Gift {
  readonly device: Device
  readonly nic: Nic
  readonly address: Ip4
}

export interface Reserved {
  /** As many as were asked for, as far as there are some. */
  readonly addresses: readonly Ip4[]
  /** When the feed has shown them, or they were not used. */
  readonly release: () => void
}

/** slapd's words for an entry that has an address by now. */
const attributeOrValueExists = 20

export class AddressGiver {
  readonly #parts: AddressParts
  readonly #waiting = new Map<EntryId, Device>()
  /** Given, but not yet seen in the feed. */
  readonly #promised = new Set<Ip4>()
  #working: Promise<void> | undefined

  constructor(parts: AddressParts) {
    this.#parts = parts
  }

  take(deltas: readonly Delta[]): void {
    for (const delta of deltas) {
      if (delta.kind !== 'put') continue
      const { entry } = delta
      if (entry.kind !== 'machine' && entry.kind !== 'vcn') continue
      if (entry.nics.some(wantsAddress)) this.#waiting.set(entry.id, entry)
    }
    if (this.#waiting.size > 0) {
      this.#working ??= this.#work().finally(() => {
        this.#working = undefined
      })
    }
  }

  /** Resolves when every entry that was taken has its address, or cannot have one. */
  async settled(): Promise<void> {
    await this.#working
  }

  /** After a network came, entries that waited for it are tried again. */
  takeAll(snapshot: Snapshot): void {
    this.take([...snapshot.entries.values()].map((entry) => ({ kind: 'put', entry }) as const))
  }

  /** For machines that are about to be added: they are written with their addresses at once. */
  reserve(count: number): Reserved {
    const network = networkForNic(this.#parts.directory.snapshot, { kind: 'machine' }, {})
    const addresses = network === undefined ? [] : [...this.#free(network).take(count)]
    for (const address of addresses) this.#promised.add(address)
    return { addresses, release: () => this.#release(addresses) }
  }

  /** One round after the other: two that choose at once would choose the same. */
  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      await setImmediate()
      const devices = [...this.#waiting.values()].toSorted(byName)
      this.#waiting.clear()
      const gifts = this.#choose(devices)
      try {
        if (this.#parts.readOnly) this.#keep(gifts)
        else await this.#write(gifts)
      } catch (error) {
        this.#alarm(gifts, String(error))
      } finally {
        // By now the feed has shown them, or they were not written.
        this.#release(gifts.map(({ address }) => address))
      }
    }
  }

  #choose(devices: readonly Device[]): readonly Gift[] {
    const { snapshot } = this.#parts.directory
    const gifts: Gift[] = []
    const free = new Map<EntryId, Iterator<Ip4, unknown>>()
    const full = new Map<Network, Device[]>()
    for (const device of devices) {
      // One that has changed since is taken anew.
      if (!isSameEntry(snapshot.entries.get(device.id), device)) continue
      for (const nic of device.nics.filter(wantsAddress)) {
        const network = networkForNic(snapshot, device, nic)
        if (network === undefined) continue
        const left = free.get(network.id) ?? this.#free(network)
        free.set(network.id, left)
        const address = nextOf(left)
        if (address === undefined) full.set(network, [...(full.get(network) ?? []), device])
        else {
          this.#promised.add(address)
          gifts.push({ device, nic, address })
        }
      }
    }
    for (const [network, [first, ...others]] of full) {
      const more = others.length === 0 ? '' : `; ${others.length} more have no address`
      if (first)
        this.#parts.events.tell('alarm', first.name, `network ${network.name} is full${more}`)
    }
    return gifts
  }

  #free(network: Network): IteratorObject<Ip4, unknown> {
    const { directory, applianceAddresses } = this.#parts
    const isTaken = (address: Ip4): boolean =>
      directory.isClaimed(address) || this.#promised.has(address)
    // On a VO's network we have an end of our own.
    const own = network.vni === undefined ? [] : [applianceAddress(network)]
    return freeAddresses(directory.snapshot, network, isTaken, [...applianceAddresses, ...own])
  }

  #keep(gifts: readonly Gift[]): void {
    if (gifts.length === 0) return
    const { store, directory } = this.#parts
    for (const { nic, address } of gifts) store.addresses.put(nic.id, address)
    // Our store's addresses are filled in as they are taken.
    const devices = new Set(gifts.map(({ device }) => device))
    directory.take([...devices].map((entry) => ({ kind: 'put', entry, notes: [] })))
    this.#tell(gifts)
  }

  async #write(gifts: readonly Gift[]): Promise<void> {
    const { sync, directory } = this.#parts
    const orders = gifts.map(({ device, nic, address }) =>
      addressOrder(nicDn(device.dn, nic.label), address),
    )
    const outcomes = await sync.writer.carryOut(orders)
    const written = gifts.filter((_, place) => outcomes[place]?.kind === 'done')
    const [first, ...others] = outcomes.flatMap((outcome, place) => {
      const why = troubleOf(outcome)
      const gift = gifts[place]
      return why === undefined || !gift ? [] : [{ gift, why }]
    })
    if (first) this.#alarm([first.gift, ...others.map(({ gift }) => gift)], first.why)
    const missing = new Set(written.map(({ address }) => address))
    const areShown = (snapshot: Snapshot): boolean => {
      for (const address of missing) {
        if (!snapshot.byIp.has(address)) return false
        missing.delete(address)
      }
      return true
    }
    await directory.untilShown(`${written.length} addresses`, areShown, written.length)
    this.#tell(written)
  }

  #release(addresses: readonly Ip4[]): void {
    for (const address of addresses) this.#promised.delete(address)
  }

  #tell(gifts: readonly Gift[]): void {
    const { events } = this.#parts
    for (const { device, address } of gifts) {
      events.tell('address', device.name, `${formatIp4(address)} is now its address`)
    }
  }

  #alarm([first, ...others]: readonly Gift[], why: string): void {
    if (!first) return
    const more = others.length === 0 ? '' : `, nor for ${others.length} more`
    this.#parts.events.tell('alarm', first.device.name, `no address was written${more}: ${why}`)
  }
}

function nextOf(addresses: Iterator<Ip4, unknown>): Ip4 | undefined {
  const next = addresses.next()
  return next.done === true ? undefined : next.value
}

function wantsAddress({ address, macs }: Nic): boolean {
  return address === undefined && macs.length > 0
}

function byName(one: Device, other: Device): number {
  return one.name.localeCompare(other.name, 'en', { numeric: true })
}

function troubleOf(outcome: OrderOutcome): string | undefined {
  switch (outcome.kind) {
    case 'done':
      return undefined
    case 'not-tried':
      return 'the directory could not be reached'
    case 'failed': {
      const { fault } = outcome
      const hadOne = fault instanceof LdapRefusal && fault.resultCode === attributeOrValueExists
      return hadOne ? undefined : fault.message
    }
  }
}
