// Why this file exists: every bench takes the same wishes and hands back the same kind of figures, so that one runner
// prints them all, the lost ones too.
export interface BenchOptions {
  readonly rounds: number
  /** Machines in the directory. */
  readonly sizes: readonly number[]
  /** Changes that are timed at each size. */
  readonly changes: number
  /** What is measured goes before everything else on the machine. */
  readonly isUndisturbed: boolean
  /** Says what is under way. */
  readonly note: (line: string) => void
}

/** Samples of one quantity: ours, or the peer's from the same run. */
export interface Figure {
  readonly what: string
  readonly who: string
  readonly unit: 'ms' | 'MB' | '×'
  readonly samples: readonly number[]
  /** What was promised. Which statistic it binds is part of it. */
  readonly target?: Target
}

export interface Target {
  readonly of: 'median' | 'p99' | 'max'
  readonly most: number
}

export interface Report {
  readonly bench: string
  readonly machine: string
  readonly options: BenchOptions
  readonly figures: readonly Figure[]
}

export type Bench = (options: BenchOptions) => Promise<readonly Figure[]>
