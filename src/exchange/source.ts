// Why this file exists: whatever is said about a file must name the line, and nobody wants to count lines while reading.

export interface SourceFile {
  /** As the person calls it. */
  readonly name: string
  readonly text: string
}

/** Offsets of one file as people count: `dhcpd.conf:12:3`. */
export class Places {
  readonly #file: SourceFile
  #lineStarts: number[] | undefined

  constructor(file: SourceFile) {
    this.#file = file
  }

  at(offset: number): string {
    const starts = (this.#lineStarts ??= lineStartsOf(this.#file.text))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return `${this.#file.name}:${low + 1}:${offset - (starts[low] ?? 0) + 1}`
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

export interface SourceLine {
  readonly text: string
  readonly offset: number
}

/** Without their ends, whichever these are. */
export function* linesOf(text: string): Generator<SourceLine> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    const line = text.slice(start, end)
    yield { text: line.endsWith('\r') ? line.slice(0, -1) : line, offset: start }
    start = end + 1
  }
}

const shownCharactersMax = 80

/** A piece of a file inside a sentence: short, on one line, without what a terminal would obey. */
export function shown(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ').trim()
  return line.length > shownCharactersMax ? `${line.slice(0, shownCharactersMax)}…` : line
}
