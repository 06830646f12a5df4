// Why this file exists: when a run fails, the last of what happened is what one wants to read; and two runs of one seed are
// the same when all that they told is the same.

const linesKept = 80

export class Trace {
  readonly #lines: string[] = []
  readonly #now: () => number
  #digest = 0x811c_9dc5
  count = 0

  constructor(now: () => number) {
    this.#now = now
  }

  readonly note = (what: string): void => {
    const line = `${(this.#now() / 1_000).toFixed(3)} ${what}`
    this.count += 1
    this.#lines.push(line)
    if (this.#lines.length > linesKept) this.#lines.shift()
    for (let at = 0; at < line.length; at += 1)
      this.#digest = Math.imul(this.#digest ^ line.charCodeAt(at), 0x0100_0193)
  }

  /** Of everything that was told, not only of what is kept. */
  get digest(): number {
    return this.#digest >>> 0
  }

  last(lines: number): readonly string[] {
    return this.#lines.slice(-lines)
  }
}
