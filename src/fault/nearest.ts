// Why this file exists: a misspelt word is one or two letters away from what was meant; a fault that says which saves a
// search.

const lettersMax = 64

/** The candidate with the fewest letters to change; the first of several. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: { readonly candidate: string; readonly steps: number } | undefined
  for (const candidate of candidates) {
    const steps = lettersToChange(short(word), short(candidate))
    if (best === undefined || steps < best.steps) best = { candidate, steps }
  }
  return best?.candidate
}

function short(word: string): readonly string[] {
  return word.slice(0, lettersMax).toLowerCase().split('')
}

/** Levenshtein's distance, a row at a time. */
function lettersToChange(from: readonly string[], to: readonly string[]): number {
  let above = [0, ...to.map((_, at) => at + 1)]
  for (const [at, letter] of from.entries()) {
    const row = [at + 1]
    for (const [column, wanted] of to.entries()) {
      const replaced = (above[column] ?? 0) + (letter === wanted ? 0 : 1)
      row.push(Math.min(replaced, (row[column] ?? 0) + 1, (above[column + 1] ?? 0) + 1))
    }
    above = row
  }
  return above[to.length] ?? 0
}
