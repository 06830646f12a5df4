// Why this file exists: switching 128 machines is 128 requests; some may fail, and the user must know which, why, and
// that the rest is done.
import { foldNodeSet } from '#directory'
import { exitStatus, Fault, faultLines, type FaultText } from '#fault'
import { connectionsMax } from '../client/http.ts'
import { type Call, type Outcome, tell } from './call.ts'

export interface Failed {
  readonly name: string
  readonly fault: Fault
}

export interface Work {
  /** How success is put: "added". */
  readonly done: string
  /** One after the other, where their order shows in what comes of it. */
  readonly inOrder?: boolean
}

/** Does it for each name, a few at a time, and tells what came of it. */
export async function forEachName(
  call: Call<unknown>,
  names: readonly string[],
  { done, inOrder = false }: Work,
  act: (name: string) => Promise<void>,
): Promise<Outcome> {
  const succeeded: string[] = []
  const failed: Failed[] = []
  const queue = names.values()
  const work = async (): Promise<void> => {
    for (const name of queue) {
      try {
        await act(name)
        succeeded.push(name)
      } catch (error) {
        // Nobody else will answer either, and an unforeseen failure is not a machine's.
        if (!(error instanceof Fault) || error.entry.exit === 'unreachable') throw error
        failed.push({ name, fault: error })
      }
    }
  }
  try {
    const atOnce = inOrder ? 1 : Math.min(connectionsMax, names.length)
    await Promise.all(Array.from({ length: atOnce }, work))
  } finally {
    if (succeeded.length > 0) tell(call, `${done} ${foldNodeSet(succeeded)}`)
  }
  return verdict(call, names.length, failed)
}

/** What came of each, in the order in which they were named. */
export function inOrderOf<Item>(
  names: readonly string[],
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly Item[] {
  const places = new Map(names.map((name, at) => [name, at]))
  const placeOf = (item: Item): number => places.get(nameOf(item)) ?? names.length
  return items.toSorted((one, other) => placeOf(one) - placeOf(other))
}

/** Each failure is told once with all that it hit. */
export function verdict({ io }: Call<unknown>, all: number, failed: readonly Failed[]): Outcome {
  const [first] = failed
  if (first === undefined) return undefined
  if (all === 1) throw first.fault
  const kinds = Map.groupBy(failed, ({ fault }) => `${fault.code} ${fault.text.why}`)
  for (const group of kinds.values()) {
    const [{ fault } = first] = group
    io.err(faultLines(fault.code, group.length > 1 ? ofSeveral(fault, group) : fault.text))
  }
  const exits = new Set(failed.map(({ fault }) => fault.entry.exit))
  if (failed.length === all) return exits.size === 1 ? first.fault.entry.exit : exitStatus.failed
  throw partly(all, failed)
}

/** What one of them was told, said of all that were told the same. */
function ofSeveral({ entry, text }: Fault, group: readonly Failed[]): FaultText {
  const where = foldNodeSet(group.map(({ name }) => name))
  return { ...text, what: `${entry.title}, for each of ${group.length}`, where }
}

function partly(all: number, failed: readonly Failed[]): Fault {
  return new Fault('CPC-CLI-006', {
    what: `${failed.length} of ${all} could not be done`,
    where: foldNodeSet(failed.map(({ name }) => name)),
    why: 'the errors above say why; the others are done',
    todo: 'correct the causes and repeat the order for these names',
  })
}
