// Why this file exists: whoever switches a machine does not care what language its BMC speaks, but must be able to
// rely on the answer: fencing a host that only said that it was off would run a virtual machine twice.
export type PowerState = 'on' | 'off'

/** verified: the BMC showed the new state. already: it was so before. sent: nobody can tell (wake-on-LAN). */
export type PowerOutcome = 'verified' | 'already' | 'sent'

export interface PowerController {
  /** Rejects when it is not known; never guesses. */
  status(): Promise<PowerState>
  on(): Promise<PowerOutcome>
  /** Hard: the plug, not a request to the operating system. */
  off(): Promise<PowerOutcome>
  /** Off and on again; a machine that is off is switched on. */
  cycle(): Promise<PowerOutcome>
  /** The next boot comes from the network. Absent where it cannot be said at all. */
  setBootOnce?(): Promise<void>
}

/** One BMC in its own language, without the waiting and checking. */
export interface PowerLine {
  /** `changing`: between the two. */
  readonly status?: (deadline: AbortSignal) => Promise<PowerState | 'changing'>
  readonly switch: (to: PowerState, deadline: AbortSignal) => Promise<void>
  readonly setBootOnce?: (deadline: AbortSignal) => Promise<void>
}

export interface Credentials {
  readonly user: string
  /** A type that redacts itself; revealed only where the bytes are written. */
  readonly secret: { reveal(): string }
}

export interface PowerClock {
  /** Milliseconds that never jump. */
  now(): number
  pause(milliseconds: number): Promise<void>
  /** Aborts after that time. */
  deadline(milliseconds: number): AbortSignal
}

/** A real clock whose timers do not keep the process alive. */
export const systemClock: PowerClock = {
  now: () => performance.now(),
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
  deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
}
