// Why this file exists: an order for machines and one for networks are refused and audited in the same words.
import type { Caller } from '#api'
import { foldNodeSet } from '#directory'
import { Fault } from '#fault'
import type { Change } from './context.ts'

export type OrderNoun = 'machine' | 'network'

/** Beyond so many the audit log tells names and numbers only. */
const auditedWholeMax = 100

interface Named {
  readonly name: string
}

export interface OrderToAudit<Thing extends Named> {
  readonly caller: Caller
  /** As it was asked for. */
  readonly asked: { readonly remove?: unknown }
  readonly adds: readonly Named[]
  readonly changed: readonly Thing[]
  readonly removals: readonly Thing[]
  readonly view: (thing: Thing) => unknown
}

export function auditedOrder<Thing extends Named>(
  noun: OrderNoun,
  { caller, asked, adds, changed, removals, view }: OrderToAudit<Thing>,
): Change {
  const before = [...changed, ...removals]
  const names = [...adds, ...before].map(({ name }) => name)
  const numbers = { add: adds.length, change: changed.length, remove: removals.length }
  const change = {
    caller,
    action: `${noun} ${verbOf(numbers)}`,
    target: foldNodeSet(new Set(names)),
  }
  if (names.length > auditedWholeMax) return { ...change, after: numbers }
  return {
    ...change,
    ...(before.length > 0 && { before: before.map(view) }),
    ...(removals.length < names.length && { after: { ...asked, remove: undefined } }),
  }
}

function verbOf({ add, change, remove }: Record<'add' | 'change' | 'remove', number>): string {
  if (change === 0 && remove === 0) return 'add'
  if (add === 0 && remove === 0) return 'set'
  return add === 0 && change === 0 ? 'remove' : 'orders'
}

export function nameTaken(noun: OrderNoun, name: string): Fault {
  return new Fault('CPC-HOST-004', {
    what: `there is a ${noun} ${name} already`,
    where: `the directory, ou=${noun}s`,
    why: 'a name belongs to one entry',
    todo: `choose another name, or change it: coppice ${noun} set ${name}`,
  })
}

export function namedTwice(noun: OrderNoun, name: string): Fault {
  return new Fault('CPC-DIR-082', {
    what: `${name} is named twice`,
    where: name,
    why: `an order says one thing about a ${noun}`,
    todo: `name it once; a ${noun} that is to be removed is not changed before`,
  })
}
