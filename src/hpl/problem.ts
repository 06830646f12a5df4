// Why this file exists: an HPL figure means something only beside the problem it was measured on, so the four numbers of a
// problem travel together, under the names that HPL itself gives them.

export interface Problem {
  /** Order of the matrix. */
  readonly N: number
  /** Side of the blocks that the matrix is dealt out in. */
  readonly NB: number
  /** Rows and columns of the process grid. */
  readonly P: number
  readonly Q: number
}

export interface Difference {
  readonly what: string
  readonly one: string
  readonly other: string
}

export const problemFields = ['N', 'NB', 'P', 'Q'] as const

export function problemDifferences(one: Problem, other: Problem): readonly Difference[] {
  return problemFields
    .filter((field) => one[field] !== other[field])
    .map((field) => ({ what: field, one: String(one[field]), other: String(other[field]) }))
}

export function problemText({ N, NB, P, Q }: Problem): string {
  return `N=${N} NB=${NB} P=${P} Q=${Q}`
}

/** Ranges that HPL's own arithmetic (32-bit indexes) and ours can hold. */
export const problemLimits = {
  N: { least: 1, most: 2 ** 31 - 1 },
  NB: { least: 1, most: 65_536 },
  P: { least: 1, most: 65_536 },
  Q: { least: 1, most: 10_240_000 },
} as const satisfies Record<keyof Problem, Range>

export interface Range {
  readonly least: number
  readonly most: number
}

export interface OutOfRange extends Range {
  readonly kind: 'out-of-range'
  readonly field: string
  readonly given: number
}

export function outOfRange(
  field: string,
  given: number,
  { least, most }: Range,
): OutOfRange | undefined {
  if (Number.isSafeInteger(given) && given >= least && given <= most) return undefined
  return { kind: 'out-of-range', field, given, least, most }
}

/** The first of the four that HPL cannot work with. */
export function unfitField(problem: Problem): OutOfRange | undefined {
  for (const field of problemFields) {
    const unfit = outOfRange(field, problem[field], problemLimits[field])
    if (unfit !== undefined) return unfit
  }
  return undefined
}
