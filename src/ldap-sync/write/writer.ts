// Why this file exists: what the appliance writes into the directory, as anyone with LDAP tools could. Each call
// returns when the server has acknowledged it; that our own feed has shown it is for the caller to await.
import type { DnsName, Ip4, Label, Subnet } from '#directory'
import { formatIp4 } from '#directory'
import type { LdapClient } from '../client/client.ts'
import { LdapRefusal } from '../client/fault.ts'
import { childDn, dnKey, parseDn, rdnOf } from '../dn.ts'
import { ldapFilter } from '../message/filter.ts'
import type { Attribute, Change } from '../message/message.ts'
import type { OwnRemovals } from '../sync/guard.ts'
import {
  classFor,
  type MachineFields,
  machineValues,
  type NetworkFields,
  networkValues,
  type NicFields,
  nicValues,
  type Values,
  type VoFields,
  voValues,
} from './attributes.ts'
import type { WriteSession } from './session.ts'

export interface WriterEdges {
  readonly session: WriteSession
  readonly ownRemovals: OwnRemovals
  readonly now: () => number
}

const attributeOrValueExists = 20
const noSuchObject = 32

/** Every method may throw a Fault; an LdapRefusal carries the server's own code. */
export class DirectoryWriter {
  readonly #base: string
  readonly #edges: WriterEdges

  constructor(base: string, edges: WriterEdges) {
    this.#base = base
    this.#edges = edges
  }

  /** Below ou=machines. Returns the DN. */
  addMachine(name: DnsName, fields: MachineFields): Promise<string> {
    const dn = childDn('cn', name, `ou=machines,${this.#base}`)
    const names = ['cn', [name, ...(fields.aliases ?? [])]] as const
    const values = new Map([names, ...machineValues(fields)])
    return this.addEntry(dn, ['device', 'ieee802Device', 'coppiceMachine'], values)
  }

  async changeMachine(dn: string, fields: MachineFields): Promise<void> {
    const { aliases } = fields
    const canonical = parseDn(dn)?.[0]?.pairs.find(({ type }) => type === 'cn')?.value
    const names =
      aliases === undefined || canonical === undefined
        ? []
        : [['cn', [canonical, ...aliases]] as const]
    await this.#change(dn, 'coppiceMachine', new Map([...names, ...machineValues(fields)]))
  }

  /** A further card, below its machine. */
  addNic(machineDn: string, label: Label, fields: NicFields): Promise<string> {
    const values = new Map([['cn', [label]] as const, ...nicValues(fields)])
    const dn = childDn('cn', label, machineDn)
    return this.addEntry(dn, ['device', 'ieee802Device', 'coppiceNic'], values)
  }

  addNetwork(name: Label, subnet: Subnet, fields: NetworkFields = {}): Promise<string> {
    const dn = childDn('cn', name, `ou=networks,${this.#base}`)
    const values = new Map([['cn', [name]] as const, ...networkValues({ ...fields, subnet })])
    return this.addEntry(dn, ['ipNetwork', 'coppiceNetwork'], values)
  }

  async changeNetwork(dn: string, fields: NetworkFields): Promise<void> {
    await this.#change(dn, 'coppiceNetwork', networkValues(fields))
  }

  /** Below ou=vos. Returns the DN. */
  addVo(name: Label, fields: VoFields): Promise<string> {
    const dn = childDn('cn', name, `ou=vos,${this.#base}`)
    const values = new Map([['cn', [name]] as const, ...voValues(fields)])
    return this.addEntry(dn, ['coppiceVo'], values)
  }

  async changeVo(dn: string, fields: VoFields): Promise<void> {
    await this.#change(dn, 'coppiceVo', voValues(fields))
  }

  /** Any other entry; `own` is the class that its attributes of ours need. */
  async changeEntry(dn: string, own: string, values: Values): Promise<void> {
    await this.#change(dn, own, values)
  }

  /**
   * An address for an entry that has none. Two who give one at once cannot both succeed: the class that
   * allows an address can be added only once, and it demands the address.
   */
  async giveAddress(dn: string, address: Ip4): Promise<'given' | 'had-one'> {
    const changes = [
      change('add', 'objectClass', ['ipHost']),
      change('add', 'ipHostNumber', [formatIp4(address)]),
    ]
    try {
      await (await this.#edges.session.client()).modify(dn, changes)
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
    const client = await this.#edges.session.client()
    await client.rename(dn, rdnOf('cn', name))
    const [, ...parents] = parseDn(dn) ?? []
    return childDn('cn', name, parents.map(({ text }) => text).join(','))
  }

  /** With all that stands below it. These removals are ours, so they never count as a mass deletion. */
  async remove(dn: string): Promise<void> {
    const client = await this.#edges.session.client()
    const filter = ldapFilter`(objectClass=*)`
    const found = await client.search({ base: dn, filter, attributes: ['1.1'] })
    const depth = (text: string): number => parseDn(text)?.length ?? 0
    const deepestFirst = found.map((each) => each.dn).toSorted((a, b) => depth(b) - depth(a))
    for (const each of deepestFirst) await this.#removeOne(client, each)
  }

  /** Any other entry: VOs, clusters, virtual nodes. Classes that the attributes need are added. */
  async addEntry(dn: string, classes: readonly string[], values: Values): Promise<string> {
    const own = classes.find((name) => name.startsWith('coppice')) ?? ''
    const filled = [...values].filter(([, list]) => list.length > 0)
    const needed = filled.flatMap(([name]) => classFor(name, own) ?? [])
    const objectClass = [...new Set(['top', ...classes, ...needed])]
    const client = await this.#edges.session.client()
    await client.add(dn, [
      attribute('objectClass', objectClass),
      ...filled.map(([name, list]) => attribute(name, list)),
    ])
    return dn
  }

  async #removeOne(client: LdapClient, dn: string): Promise<void> {
    const key = dnKey(dn)
    this.#edges.ownRemovals.expect(key, this.#edges.now())
    try {
      await client.delete(dn)
    } catch (error) {
      this.#edges.ownRemovals.forget(key)
      // Somebody was faster: what we wanted is so.
      if (!(error instanceof LdapRefusal && error.resultCode === noSuchObject)) throw error
    }
  }

  async #change(dn: string, own: string, values: Values): Promise<void> {
    if (values.size === 0) return
    const client = await this.#edges.session.client()
    const filter = ldapFilter`(objectClass=*)`
    const [found] = await client.search({
      base: dn,
      scope: 'base',
      filter,
      attributes: ['objectClass'],
    })
    const has = new Set(
      found?.attributes.flatMap((each) => each.values.map((value) => lower(Buffer.from(value)))),
    )
    const filled = [...values].filter(([, list]) => list.length > 0)
    const needed = new Set(filled.flatMap(([name]) => classFor(name, own) ?? []))
    const missing = [...needed].filter((name) => !has.has(name.toLowerCase()))
    const loses = values.get('ipHostNumber')?.length === 0 && has.has('iphost')
    await client.modify(dn, [
      ...(missing.length > 0 ? [change('add', 'objectClass', missing)] : []),
      ...(loses ? [change('delete', 'objectClass', ['ipHost'])] : []),
      ...[...values].map(([name, list]) => change('replace', name, list)),
    ])
  }
}

function lower(value: Buffer): string {
  return value.toString('utf8').toLowerCase()
}

function attribute(name: string, values: readonly string[]): Attribute {
  return { name, values: values.map((value) => Buffer.from(value)) }
}

function change(kind: Change['kind'], name: string, values: readonly string[]): Change {
  return { kind, attribute: attribute(name, values) }
}
