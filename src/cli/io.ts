// Why this file exists: the command line touches the outside in these few ways only, so that a test can be its terminal.

export interface CliIo {
  /** Adds the end of the line. */
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** On stderr as it is, for a progress line that is written over. */
  readonly errRaw: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Whether a person sees what we write, and may be asked. */
  readonly isTerminal: { readonly out: boolean; readonly err: boolean; readonly in: boolean }
  /** All of standard input. */
  readonly stdin: () => Promise<string>
  readonly ask: (question: string) => Promise<string>
  /** Ends what would go on for ever: watching, following events. */
  readonly stop: AbortSignal
}
