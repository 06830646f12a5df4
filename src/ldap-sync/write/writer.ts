// Why this file exists: what the appliance writes into the directory, as anyone with LDAP tools could. Each call
// returns when the server has acknowledged it; that our own feed has shown it is for the caller to await.
import type { DnsName, Ip4, Label, Subnet } from '#directory'
import type { LdapClient } from '../client/client.ts'
import { LdapRefusal } from '../client/fault.ts'
import { childDn, parseDn, rdnOf } from '../dn.ts'
import { ldapFilter } from '../message/filter.ts'
import type { MachineFields, NetworkFields, NicFields, Values, VoFields } from './attributes.ts'
import { carryOut, type WriterEdges } from './carry-out.ts'
import type { CarryOutOptions, OrderOutcome } from './in-batches.ts'
import {
  addressOrder,
  type Alteration,
  alterationOrder,
  type DirectoryOrder,
  entryOrder,
  machineAlteration,
  machineOrder,
  networkAlteration,
  networkOrder,
  nicOrder,
  voAlteration,
  voOrder,
} from './order.ts'
import { inParallel } from './parallel.ts'
import { carryOutOne } from './send.ts'

const attributeOrValueExists = 20
const filter = ldapFilter`(objectClass=*)`

/** Every method may throw a Fault; an LdapRefusal carries the server's own code. Those that add return the DN. */
export class DirectoryWriter {
  readonly base: string
  readonly #edges: WriterEdges

  constructor(base: string, edges: WriterEdges) {
    this.base = base
    this.#edges = edges
  }

  /** Never rejects: each order has its outcome, in the order of the orders. */
  carryOut(
    orders: readonly DirectoryOrder[],
    options: CarryOutOptions = {},
  ): Promise<OrderOutcome[]> {
    return carryOut(orders, options, this.#edges)
  }

  addMachine(name: DnsName, fields: MachineFields): Promise<string> {
    return this.#write(machineOrder(this.base, name, fields))
  }

  async changeMachine(dn: string, fields: MachineFields): Promise<void> {
    await this.#alter(machineAlteration(dn, fields))
  }

  addNic(machineDn: string, label: Label, fields: NicFields): Promise<string> {
    return this.#write(nicOrder(machineDn, label, fields))
  }

  addNetwork(name: Label, subnet: Subnet, fields: NetworkFields = {}): Promise<string> {
    return this.#write(networkOrder(this.base, name, subnet, fields))
  }

  async changeNetwork(dn: string, fields: NetworkFields): Promise<void> {
    await this.#alter(networkAlteration(dn, fields))
  }

  addVo(name: Label, fields: VoFields): Promise<string> {
    return this.#write(voOrder(this.base, name, fields))
  }

  async changeVo(dn: string, fields: VoFields): Promise<void> {
    await this.#alter(voAlteration(dn, fields))
  }

  /** Any other entry: clusters, virtual nodes. */
  addEntry(dn: string, classes: readonly string[], values: Values): Promise<string> {
    return this.#write(entryOrder(dn, classes, values))
  }

  /** Any other entry; `own` is the class that its attributes of ours need. */
  async changeEntry(dn: string, own: string, values: Values): Promise<void> {
    await this.#alter({ dn, own, values })
  }

  /** An address for an entry that has none. */
  async giveAddress(dn: string, address: Ip4): Promise<'given' | 'had-one'> {
    try {
      await this.#write(addressOrder(dn, address))
      return 'given'
    } catch (error) {
      if (error instanceof LdapRefusal && error.resultCode === attributeOrValueExists) {
        return 'had-one'
      }
      throw error
    }
  }

  /** Gives an entry another canonical name; its entryUUID stays. Returns the new DN. */
  async rename(dn: string, name: DnsName | Label): Promise<string> {
    await this.#edges.session.write((client) => client.rename(dn, rdnOf('cn', name)))
    const [, ...parents] = parseDn(dn) ?? []
    return childDn('cn', name, parents.map(({ text }) => text).join(','))
  }

  /** With all that stands below it. These removals are ours, so they never count as a mass deletion. */
  async remove(dn: string): Promise<void> {
    await this.#edges.session.write(async (client) => {
      for (const order of await removalOrders(client, dn)) {
        await carryOutOne(client, order, this.#edges)
      }
    })
  }

  /** What changing them means for the classes that they have now. */
  async ordersToAlter(alterations: readonly Alteration[]): Promise<DirectoryOrder[]> {
    const { session } = this.#edges
    const ask = async (alteration: Alteration): Promise<DirectoryOrder> =>
      alterationOrder(alteration, await classesOf(await session.client(), alteration.dn))
    return inParallel(alterations, ask, session.underWayMax)
  }

  /** For each, with all that stands below it now. */
  async ordersToRemove(dns: readonly string[]): Promise<(readonly DirectoryOrder[])[]> {
    const { session } = this.#edges
    const ask = async (dn: string): Promise<readonly DirectoryOrder[]> =>
      removalOrders(await session.client(), dn)
    return inParallel(dns, ask, session.underWayMax)
  }

  async #alter(alteration: Alteration): Promise<void> {
    if (alteration.values.size === 0) return
    for (const order of await this.ordersToAlter([alteration])) await this.#write(order)
  }

  async #write(order: DirectoryOrder): Promise<string> {
    await this.#edges.session.write((client) => carryOutOne(client, order, this.#edges))
    return order.dn
  }
}

async function classesOf(client: LdapClient, dn: string): Promise<readonly string[]> {
  const attributes = ['objectClass']
  const [found] = await client.search({ base: dn, scope: 'base', filter, attributes })
  const values = found?.attributes.flatMap((each) => each.values) ?? []
  return values.map((value) => Buffer.from(value).toString('utf8'))
}

/** Deepest first. */
async function removalOrders(client: LdapClient, dn: string): Promise<readonly DirectoryOrder[]> {
  const found = await client.search({ base: dn, filter, attributes: ['1.1'] })
  const depth = (text: string): number => parseDn(text)?.length ?? 0
  return found
    .map((each) => ({ kind: 'delete', dn: each.dn }) as const)
    .toSorted((one, other) => depth(other.dn) - depth(one.dn))
}
