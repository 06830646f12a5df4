// Why this file exists: whatever is fuzzed, it is fuzzed alike: a world for each round, bytes from a seed, and somebody who
// hears them and says what came of it.

/** refused: with a reason. silent: understood, and nothing is to be said. answered: something was sent. */
export type Verdict = 'refused' | 'silent' | 'answered'

/** One world. It is thrown away after a round, so that a packet can be tried again with those before it alone. */
export interface Round {
  /** Throws when what came of it is wrong. */
  hear(bytes: Uint8Array, random: () => number): Verdict | Promise<Verdict>
  close?(): Promise<void>
}

export interface Target {
  readonly name: string
  readonly make: (random: () => number) => Uint8Array
  readonly round: () => Round | Promise<Round>
}

export const packetsPerRound = 256
