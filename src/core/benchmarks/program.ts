// Why this file exists: everything that a benchmark does to a machine is a program that is run here, with an end that we set:
// a deadline, a limit of output, and a signal.
import { spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'

export interface ProgramOrder {
  readonly argv: readonly [string, ...string[]]
  readonly deadlineMs: number
  readonly outputBytesMax: number
  /** For its standard input. */
  readonly input?: Buffer
  readonly signal?: AbortSignal
  /** Called as it prints, with whole lines; not for lines beyond `lineCharsMax`. */
  readonly onLine?: (line: string) => void
}

export interface ProgramEnding {
  /** Its exit status; absent when it was ended, or never began. */
  readonly status?: number
  readonly output: string
  /** The start of what it complained about. */
  readonly complaint: string
  /** Why it has no exit status. */
  readonly why?: string
}

/** Never rejects. */
export type RunProgram = (order: ProgramOrder) => Promise<ProgramEnding>

const complaintBytesMax = 2_000
const lineCharsMax = 400

export const runProgram: RunProgram = (order) =>
  new Promise((resolve) => {
    const { argv, deadlineMs, outputBytesMax, input, signal, onLine } = order
    const [program, ...words] = argv
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] })
    let why: string | undefined
    const end = (reason: string): void => {
      why ??= reason
      child.kill('SIGKILL')
    }
    const late = setTimeout(() => end(`no end within ${deadlineMs / 1000} s`), deadlineMs)
    const cancelled = (): void => end('it was called off')
    const output = gather(outputBytesMax, onLine, () =>
      end(`it printed more than ${outputBytesMax} bytes`),
    )
    const complaint = gather(complaintBytesMax, undefined, () => undefined)
    child.stdout.on('data', output.add)
    child.stderr.on('data', complaint.add)
    child.once('error', ({ message }) => {
      why ??= message
    })
    child.once('close', (status) => {
      clearTimeout(late)
      signal?.removeEventListener('abort', cancelled)
      const ending =
        why === undefined && status !== null ? { status } : { why: why ?? 'it was killed' }
      resolve({ ...ending, output: output.text(), complaint: complaint.text() })
    })
    signal?.addEventListener('abort', cancelled, { once: true })
    if (signal?.aborted === true) cancelled()
    // It may end before it has read all; its exit status says more than the broken pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

interface Gathered {
  readonly add: (piece: Buffer) => void
  readonly text: () => string
}

/** Keeps the first `bytesMax` bytes, byte for byte as characters; `tooLong` is told of the rest. */
function gather(
  bytesMax: number,
  onLine: ((line: string) => void) | undefined,
  tooLong: () => void,
): Gathered {
  const pieces: Buffer[] = []
  let room = bytesMax
  const lines = onLine === undefined ? undefined : lineSplitter(onLine)
  return {
    add(piece) {
      if (room < piece.length) tooLong()
      const kept = piece.subarray(0, room)
      room -= kept.length
      if (kept.length > 0) pieces.push(kept)
      lines?.(kept)
    },
    text: () => Buffer.concat(pieces).toString('latin1'),
  }
}

function lineSplitter(onLine: (line: string) => void): (piece: Buffer) => void {
  const decoder = new StringDecoder('latin1')
  let rest = ''
  return (piece) => {
    const lines = (rest + decoder.write(piece)).split('\n')
    // One more, so that a line that was cut is still too long.
    rest = (lines.pop() ?? '').slice(0, lineCharsMax + 1)
    for (const line of lines) if (line.length <= lineCharsMax) onLine(line)
  }
}
