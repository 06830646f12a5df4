// Why this file exists: an entry without an address is given one, once: the lowest free one of its network, written
// back to LDAP, or kept in our store where LDAP may not be written.
import {
  chooseAddress,
  type Delta,
  formatIp4,
  type Ip4,
  type Machine,
  networkForNic,
  type Nic,
  type Snapshot,
  type Vcn,
} from '#directory'
import type { DirectorySync } from '#ldap-sync'
import type { CoreStore } from '#store'
import { applianceAddress } from '#vocluster'
import type { DirectoryKeeper } from './directory-keeper.ts'
import type { EventHub } from './events.ts'

export interface AddressParts {
  readonly directory: DirectoryKeeper
  readonly sync: DirectorySync
  readonly store: CoreStore
  readonly events: EventHub
  readonly applianceAddresses: readonly Ip4[]
  /** The directory cannot be written: no name to bind with. */
  readonly readOnly: boolean
}

export class AddressGiver {
  readonly #parts: AddressParts
  /** Given, but not yet seen in the feed. */
  readonly #promised = new Set<Ip4>()
  #working: Promise<void> = Promise.resolve()

  constructor(parts: AddressParts) {
    this.#parts = parts
  }

  /** One entry after the other: two that choose at once would choose the same. */
  take(deltas: readonly Delta[]): void {
    for (const delta of deltas) {
      if (delta.kind !== 'put') continue
      const { entry } = delta
      if (entry.kind !== 'machine' && entry.kind !== 'vcn') continue
      if (entry.nics.every((nic) => nic.address !== undefined)) continue
      this.#working = this.#working.then(() => this.#give(entry))
    }
  }

  /** Resolves when every entry that was taken has its address, or cannot have one. */
  settled(): Promise<void> {
    return this.#working
  }

  /** After a network came, entries that waited for it are tried again. */
  takeAll(snapshot: Snapshot): void {
    this.take([...snapshot.entries.values()].map((entry) => ({ kind: 'put', entry }) as const))
  }

  async #give(device: Machine | Vcn): Promise<void> {
    for (const nic of device.nics) {
      const now = this.#parts.directory.snapshot
      const current = now.entries.get(device.id)
      if (current !== device || nic.address !== undefined || nic.macs.length === 0) continue
      const address = this.#choose(device, nic)
      if (address === undefined) continue
      this.#promised.add(address)
      try {
        await this.#write(device, nic, address)
      } catch (error) {
        this.#parts.events.tell('alarm', device.name, `no address was written: ${String(error)}`)
      } finally {
        // By now the feed has shown it, or it was not written.
        this.#promised.delete(address)
      }
    }
  }

  #choose(device: Machine | Vcn, nic: Nic): Ip4 | undefined {
    const { directory, applianceAddresses, events } = this.#parts
    const network = networkForNic(directory.snapshot, device, nic)
    if (network === undefined) return undefined
    const isTaken = (address: Ip4): boolean =>
      directory.isClaimed(address) || this.#promised.has(address)
    // On a VO's network we have an end of our own.
    const own = network.vni === undefined ? [] : [applianceAddress(network)]
    const address = chooseAddress(directory.snapshot, network, isTaken, [
      ...applianceAddresses,
      ...own,
    ])
    if (address === undefined) events.tell('alarm', device.name, `network ${network.name} is full`)
    return address
  }

  async #write(device: Machine | Vcn, nic: Nic, address: Ip4): Promise<void> {
    const { directory, sync, store, events, readOnly } = this.#parts
    const text = formatIp4(address)
    if (readOnly) {
      store.addresses.put(nic.id, address)
      const filled = device.nics.map((one) => (one.id === nic.id ? { ...one, address } : one))
      directory.take([{ kind: 'put', entry: { ...device, nics: filled }, notes: [] }])
    } else {
      const dn = nic.label === undefined ? device.dn : `cn=${nic.label},${device.dn}`
      await sync.writer.giveAddress(dn, address)
      await directory.untilShown(`address ${text}`, (snapshot) => snapshot.byIp.has(address))
    }
    events.tell('address', device.name, `${text} is now its address`)
  }
}
