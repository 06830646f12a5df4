// Why this file exists: one order becomes one LDAP operation, here and nowhere else.
import type { LdapClient } from '../client/client.ts'
import type { Clock } from '../client/clock.ts'
import { badAnswer, LdapRefusal } from '../client/fault.ts'
import { dnKey } from '../dn.ts'
import type { Attribute, Operation, Result } from '../message/message.ts'
import type { OwnRemovals } from '../sync/guard.ts'
import type { DirectoryOrder, OrderAttribute } from './order.ts'

export interface SendEdges {
  readonly ownRemovals: OwnRemovals
  readonly clock: Clock
}

const success = 0
const noSuchObject = 32

/** Resolves with the server's answer, whatever it is; rejects when there was none. */
export async function sendOrder(client: LdapClient, order: DirectoryOrder): Promise<Result> {
  const { operation } = await client.exchange(operationOf(order), whatFailed[order.kind])
  if ('result' in operation) return operation.result
  throw badAnswer('the directory', `a ${operation.kind} came as an answer`)
}

/** What the server's answer means for the order: `undefined` is done. */
export function refusalOf(order: DirectoryOrder, result: Result): LdapRefusal | undefined {
  if (result.code === success) return undefined
  // Somebody was faster: what we wanted is so.
  if (order.kind === 'delete' && result.code === noSuchObject) return undefined
  return new LdapRefusal(result, whatRefused[order.kind], order.dn)
}

/** Before it is sent, for the feed may show it before the answer is here. */
export function announce(order: DirectoryOrder, { ownRemovals, clock }: SendEdges): void {
  if (order.kind === 'delete') ownRemovals.expect(dnKey(order.dn), clock.now())
}

/** Nothing of it will come. */
export function recant(order: DirectoryOrder, { ownRemovals }: SendEdges): void {
  if (order.kind === 'delete') ownRemovals.forget(dnKey(order.dn))
}

/** One order by itself. Throws the refusal, or that there was no answer. */
export async function carryOutOne(
  client: LdapClient,
  order: DirectoryOrder,
  edges: SendEdges,
): Promise<void> {
  announce(order, edges)
  const result = await sendOrder(client, order)
  if (result.code !== success) recant(order, edges)
  const refusal = refusalOf(order, result)
  if (refusal) throw refusal
}

function operationOf(order: DirectoryOrder): Operation {
  const { dn } = order
  switch (order.kind) {
    case 'add':
      return { kind: 'addRequest', dn, attributes: order.attributes.map(attributeOf) }
    case 'modify': {
      const changes = order.changes.map((change) => ({
        kind: change.kind,
        attribute: attributeOf(change),
      }))
      return { kind: 'modifyRequest', dn, changes }
    }
    case 'delete':
      return { kind: 'deleteRequest', dn }
  }
}

function attributeOf({ name, values }: OrderAttribute): Attribute {
  return { name, values: values.map((value) => Buffer.from(value)) }
}

const whatFailed = {
  add: 'adding to the directory failed',
  modify: 'changing the directory failed',
  delete: 'removing from the directory failed',
} as const

const whatRefused = {
  add: 'the directory did not take a new entry',
  modify: 'the directory did not take a change',
  delete: 'the directory did not remove an entry',
} as const
