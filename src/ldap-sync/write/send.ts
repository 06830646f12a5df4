// Why this file exists: one order becomes one LDAP operation, here and nowhere else.
import type { LdapClient } from '../client/client.ts'
import { LdapRefusal } from '../client/fault.ts'
import { dnKey } from '../dn.ts'
import type { Attribute } from '../message/message.ts'
import type { OwnRemovals } from '../sync/guard.ts'
import type { DirectoryOrder, OrderAttribute } from './order.ts'

export interface SendEdges {
  readonly ownRemovals: OwnRemovals
  readonly now: () => number
}

const noSuchObject = 32

/** Resolves when the server has acknowledged it; rejects with its refusal, or when the connection was lost. */
export function sendOrder(
  client: LdapClient,
  order: DirectoryOrder,
  edges: SendEdges,
): Promise<void> {
  switch (order.kind) {
    case 'add':
      return client.add(order.dn, order.attributes.map(attributeOf))
    case 'modify':
      return client.modify(
        order.dn,
        order.changes.map((change) => ({ kind: change.kind, attribute: attributeOf(change) })),
      )
    case 'delete':
      return sendRemoval(client, order.dn, edges)
  }
}

/** Announced before it is sent: the feed may show it before the answer is here. */
async function sendRemoval(client: LdapClient, dn: string, edges: SendEdges): Promise<void> {
  const key = dnKey(dn)
  edges.ownRemovals.expect(key, edges.now())
  try {
    await client.delete(dn)
  } catch (error) {
    if (error instanceof LdapRefusal) edges.ownRemovals.forget(key)
    // Somebody was faster: what we wanted is so.
    if (!(error instanceof LdapRefusal && error.resultCode === noSuchObject)) throw error
  }
}

export function attributeOf({ name, values }: OrderAttribute): Attribute {
  return { name, values: values.map((value) => Buffer.from(value)) }
}
