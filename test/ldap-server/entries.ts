// Why this file exists: what the LDAP server in memory holds: entries with their entryUUIDs and the number of their last
// change, and the log of what was deleted. It knows nothing of connections.
import { randomUUID } from 'node:crypto'
import { dnKey, parseDn } from '../../src/ldap-sync/dn.ts'
import type { Operation } from '../../src/ldap-sync/message/message.ts'
import { ancestorKeys } from '../../src/ldap-sync/keys.ts'
import { applyChange, type Stored, texts } from './answers.ts'

export type Told = 'add' | 'modify' | 'delete'

export interface EntriesOptions {
  /** The root, which is there from the start. */
  readonly base: string
  /** How many deletions are remembered. */
  readonly logMax: number
  readonly tell: (how: Told, entry: Stored) => void
}

type Request<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>

/** Writing gives LDAP's result code. */
export class Entries {
  readonly #options: EntriesOptions
  readonly #byKey = new Map<string, Stored>()
  readonly #deleted: { readonly uuid: string; readonly csn: number }[] = []
  #csn = 1
  /** Deletions up to here are forgotten. */
  #forgottenUpTo = 0

  constructor(options: EntriesOptions) {
    this.#options = options
    this.#insert(options.base, [['objectClass', ['organization']]])
  }

  get csn(): number {
    return this.#csn
  }

  /** As if its disk had been emptied: another root, and numbers from the beginning. */
  empty({ withBase }: { readonly withBase: boolean }): void {
    this.#byKey.clear()
    this.#deleted.length = 0
    this.#csn = 1
    this.#forgottenUpTo = 0
    if (withBase) this.#insert(this.#options.base, [['objectClass', ['organization']]])
  }

  at(dn: string): Stored | undefined {
    return this.#byKey.get(dnKey(dn))
  }

  below(base: string): Stored[] {
    const key = dnKey(base)
    return [...this.#byKey.values()].filter((entry) => isBelow(entry.key, key))
  }

  /** `undefined`: the log does not reach back so far, or there is none. */
  deletedSince(csn: number): readonly string[] | undefined {
    if (this.#options.logMax === 0 || csn < this.#forgottenUpTo) return undefined
    return this.#deleted.filter((each) => each.csn > csn).map((each) => each.uuid)
  }

  add({ dn, attributes }: Request<'addRequest'>): number {
    if (this.at(dn)) return 68
    if (!this.at(parentOf(dn))) return 32
    const pairs = attributes.map(({ name, values }) => [name, texts(values)] as const)
    this.#options.tell('add', this.#insert(dn, pairs))
    return 0
  }

  modify({ dn, changes }: Request<'modifyRequest'>): number {
    const entry = this.at(dn)
    if (!entry) return 32
    const attributes = new Map(
      [...entry.attributes].map(([key, { name, values }]) => [key, { name, values: [...values] }]),
    )
    for (const change of changes) {
      const code = applyChange(attributes, change)
      if (code !== 0) return code
    }
    entry.attributes = attributes
    this.#touch(entry)
    this.#options.tell('modify', entry)
    return 0
  }

  delete(dn: string): number {
    const entry = this.at(dn)
    if (!entry) return 32
    if (this.below(dn).length > 1) return 66
    this.#byKey.delete(entry.key)
    this.#touch(entry)
    this.#deleted.push({ uuid: entry.uuid, csn: this.#csn })
    while (this.#deleted.length > this.#options.logMax) {
      this.#forgottenUpTo = this.#deleted.shift()?.csn ?? 0
    }
    this.#options.tell('delete', entry)
    return 0
  }

  /** Like slapd: the entry is told, what stands below it is not. */
  rename({ dn, newRdn, newParent = parentOf(dn) }: Request<'renameRequest'>): number {
    const entry = this.at(dn)
    if (!entry || !this.at(newParent)) return 32
    const to = `${newRdn},${newParent}`
    if (this.at(to)) return 68
    const levels = partsOf(dn).length
    for (const each of this.below(dn)) {
      this.#byKey.delete(each.key)
      each.dn = [...partsOf(each.dn).slice(0, -levels), to].join(',')
      each.key = dnKey(each.dn)
      this.#byKey.set(each.key, each)
    }
    const [type = '', value = ''] = newRdn.split('=')
    const naming = entry.attributes.get(type.toLowerCase())
    if (naming) naming.values = [value, ...naming.values.slice(1)]
    this.#touch(entry)
    this.#options.tell('modify', entry)
    return 0
  }

  #insert(dn: string, attributes: readonly (readonly [string, readonly string[]])[]): Stored {
    this.#csn += 1
    const stored: Stored = {
      uuid: randomUUID(),
      dn,
      key: dnKey(dn),
      attributes: new Map(),
      csn: this.#csn,
    }
    for (const [name, values] of attributes) {
      stored.attributes.set(name.toLowerCase(), { name, values: [...values] })
    }
    this.#byKey.set(stored.key, stored)
    return stored
  }

  #touch(entry: Stored): void {
    this.#csn += 1
    entry.csn = this.#csn
  }
}

export function isBelow(key: string, base: string): boolean {
  return key === base || [...ancestorKeys(key)].includes(base)
}

function partsOf(dn: string): string[] {
  return (parseDn(dn) ?? []).map(({ text }) => text)
}

function parentOf(dn: string): string {
  return partsOf(dn).slice(1).join(',')
}
