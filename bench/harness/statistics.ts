// Why this file exists: what is said of samples (median, 99 of 100, both ends) is computed in one way for all benches.
export interface Spread {
  readonly min: number
  readonly median: number
  readonly p99: number
  readonly max: number
}

/** Of no samples there is no spread: a bench that measured nothing has failed. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((one, other) => one - other)
  const at = (share: number): number => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
    if (value === undefined) throw new Error('a figure has no samples')
    return value
  }
  return { min: at(0), median: at(0.5), p99: at(0.99), max: at(1) }
}
