// Why this file exists: hands reach out into the world, and every reach has an end.
export interface HandLimits {
  /** For all questions to one host. It may be starting four nodes at once, each for up to 23 s when it is emulated. */
  readonly observeMs: number
  /** For one program, here or by SSH. */
  readonly programMs: number
  /** For a call to a libvirt that is busy starting others. */
  readonly busyCallMs: number
  /** From an entry that shows to the wire that serves it. */
  readonly servingMs: number
  /** What went on must go on for so long: QEMU pauses it again at the next write that fails. */
  readonly steadyMs: number
  /** From the start of a node to its first answer; emulated ones boot for minutes. */
  readonly answerMs: number
  /** From its first answer to its name. */
  readonly resolveMs: number
  /** Until the kernel has forgotten a network end that was deleted. */
  readonly teardownMs: number
  /** Whether a silent host lives after all. */
  readonly aliveMs: number
  /** Between two looks at the same thing. */
  readonly pauseMs: number
}

export const handLimits: HandLimits = {
  observeMs: 60_000,
  programMs: 30_000,
  busyCallMs: 150_000,
  servingMs: 15_000,
  steadyMs: 3_000,
  answerMs: 1_200_000,
  resolveMs: 15_000,
  teardownMs: 10_000,
  aliveMs: 15_000,
  pauseMs: 250,
}
