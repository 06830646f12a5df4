// Why this file exists: the command line touches the outside in these few ways only, so that a test can be its terminal.

/** What is typed or piped in, byte for byte. Disposing gives a terminal back as it was. */
export interface Keys extends Disposable {
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface CliIo {
  /** Adds the end of the line. */
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** On stderr as it is, for a progress line that is written over. */
  readonly errRaw: (text: string) => void
  /** On stdout byte for byte; resolves when there is room for more. */
  readonly outBytes: (bytes: Uint8Array) => Promise<void>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Whether a person sees what we write, and may be asked. */
  readonly isTerminal: { readonly out: boolean; readonly err: boolean; readonly in: boolean }
  /** All of standard input. */
  readonly stdin: () => Promise<string>
  readonly ask: (question: string) => Promise<string>
  /** On a terminal each key comes at once and means nothing of its own, Ctrl-C neither. */
  readonly keys: () => Keys
  /** Time that never goes back, and waiting for it. */
  readonly clock: {
    /** In milliseconds. */
    readonly now: () => number
    /** `signal` ends it earlier. */
    readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>
  }
  /** Ends what would go on for ever: watching, following events. */
  readonly stop: AbortSignal
}
