// Why this file exists: `show` of one thing tells its facts, of several it is a list; where some are not there, the others
// are shown all the same.
import { type Listing, printList, printThing } from '../output/print.ts'
import type { Call, Outcome } from './call.ts'
import { forEachName } from './many.ts'

export async function showEach<Item extends object>(
  call: Call<unknown>,
  names: readonly string[],
  listing: Listing<Item>,
  show: (name: string) => Promise<Item>,
): Promise<Outcome> {
  const [first, ...others] = names
  if (first !== undefined && others.length === 0) {
    const item = await show(first)
    await printThing(call.io, call.flags, item, listing.nameOf(item))
    return undefined
  }
  const shown = new Map<string, Item>()
  const silent = { ...call, flags: { ...call.flags, quiet: true } }
  const outcome = await forEachName(silent, names, { done: '' }, async (name) => {
    shown.set(name, await show(name))
  })
  const inOrder = names.flatMap((name) => shown.get(name) ?? [])
  await printList(call.io, call.flags, inOrder, listing)
  return outcome
}
