// Why this file exists: a misspelt key is one or two letters away from what was meant; saying which saves a search.

/** The candidate with the fewest letters to change. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const measured = candidates.map((candidate) => ({ candidate, steps: distance(word, candidate) }))
  return measured.toSorted((one, other) => one.steps - other.steps)[0]?.candidate
}

const lettersMax = 64

/** Levenshtein's distance, a row at a time; case does not count. */
function distance(one: string, other: string): number {
  const from = one.slice(0, lettersMax).toLowerCase()
  const to = other.toLowerCase()
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [at, letter] of Array.from(from).entries()) {
    const next = [at + 1]
    for (const [column, wanted] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === wanted ? 0 : 1)
      const added = (next[column] ?? 0) + 1
      const dropped = (row[column + 1] ?? 0) + 1
      next.push(Math.min(replaced, added, dropped))
    }
    row = next
  }
  return row[to.length] ?? 0
}
