// Why this file exists: a connection carries many questions at once, and a bound on them.

/** Runs until all have been tried, also when some fail; then throws the first failure. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
  underWayMax: number,
): Promise<Answer[]> {
  const answers = new Map<number, Answer>()
  const failures: unknown[] = []
  const queue = items.entries()
  const work = async (): Promise<void> => {
    for (const [place, item] of queue) {
      try {
        answers.set(place, await ask(item))
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(underWayMax, items.length) }, work))
  if (failures.length > 0) throw failures[0]
  return [...answers].toSorted(([one], [other]) => one - other).map(([, answer]) => answer)
}
