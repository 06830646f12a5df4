// Why this file exists: when a connection breaks between a question and its answer, only the directory knows whether
// an order was carried out. It is asked, so that nothing is done twice or told wrongly.
import type { LdapClient } from '../client/client.ts'
import { LdapRefusal } from '../client/fault.ts'
import { ldapFilter } from '../message/filter.ts'
import type { DirectoryOrder, OrderAttribute, OrderChange } from './order.ts'

const noSuchObject = 32

/** Values by lower-case name; what servers compare without regard to case is kept in lower case. */
type Held = ReadonlyMap<string, ReadonlySet<string>>

/** Whether the directory is now as the order wants it. */
export async function isAsOrdered(client: LdapClient, order: DirectoryOrder): Promise<boolean> {
  const held = await heldBy(client, order)
  switch (order.kind) {
    case 'add':
      return held !== undefined && order.attributes.every((each) => holds(held, each))
    case 'modify':
      return held !== undefined && order.changes.every((each) => isChanged(held, each))
    case 'delete':
      return held === undefined
  }
}

async function heldBy(client: LdapClient, order: DirectoryOrder): Promise<Held | undefined> {
  const asked = { base: order.dn, scope: 'base', filter: ldapFilter`(objectClass=*)` } as const
  try {
    const [entry] = await client.search({ ...asked, attributes: namesIn(order) })
    return (
      entry &&
      new Map(
        entry.attributes.map(({ name, values }) => [
          name.toLowerCase(),
          new Set(values.map((value) => folded(Buffer.from(value).toString()))),
        ]),
      )
    )
  } catch (error) {
    if (error instanceof LdapRefusal && error.resultCode === noSuchObject) return undefined
    throw error
  }
}

function namesIn(order: DirectoryOrder): readonly string[] {
  switch (order.kind) {
    case 'add':
      return order.attributes.map(({ name }) => name)
    case 'modify':
      return order.changes.map(({ name }) => name)
    case 'delete':
      return ['1.1']
  }
}

function isChanged(held: Held, change: OrderChange): boolean {
  switch (change.kind) {
    case 'add':
      return holds(held, change)
    case 'replace':
      return holds(held, change) && countOf(held, change) === change.values.length
    case 'delete':
      return change.values.length === 0
        ? countOf(held, change) === 0
        : change.values.every((value) => valuesOf(held, change)?.has(folded(value)) !== true)
  }
}

function holds(held: Held, attribute: OrderAttribute): boolean {
  const values = valuesOf(held, attribute)
  return attribute.values.every((value) => values?.has(folded(value)) === true)
}

function countOf(held: Held, attribute: OrderAttribute): number {
  return valuesOf(held, attribute)?.size ?? 0
}

function valuesOf(held: Held, { name }: OrderAttribute): ReadonlySet<string> | undefined {
  return held.get(name.toLowerCase())
}

function folded(value: string): string {
  return value.toLowerCase()
}
