// Why this file exists: a machine is never equally busy twice. Contestants take turns, and who begins changes, so that
// what disturbs one disturbs the other.
export type Contestant = () => Promise<number>

/** Samples by name, one of each contestant and round. */
export async function interleave(
  rounds: number,
  contestants: Readonly<Record<string, Contestant>>,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const names = Object.keys(contestants)
  const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed()
    for (const name of order) {
      const sample = await contestants[name]?.()
      if (sample !== undefined) samples[name]?.push(sample)
    }
  }
  return samples
}
