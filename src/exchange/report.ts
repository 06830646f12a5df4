// Why this file exists: nothing of a file may be dropped in silence; each importer tells here what it took, what it left
// and what makes the whole file unusable.
import type { ImportProblem, ImportProblemCode, LeftOut } from './outcome.ts'
import { shown } from './source.ts'

/** More reasons are counted, not listed: nobody reads them, and memory is bounded. */
export const leftOutMax = 20_000
export const problemsMax = 100

export class Report {
  readonly #understood = new Map<string, number>()
  readonly #leftOut: LeftOut[] = []
  readonly #problems: ImportProblem[] = []
  #moreLeftOut = 0

  understand(what: string, count: number = 1): void {
    this.#understood.set(what, (this.#understood.get(what) ?? 0) + count)
  }

  leaveOut(where: string, what: string, why: string): void {
    if (this.#leftOut.length < leftOutMax) this.#leftOut.push({ where, what: shown(what), why })
    else this.#moreLeftOut += 1
  }

  /** The file is not what it should be, so nothing of it is taken. */
  refuse(where: string, why: string, code: ImportProblemCode = 'CPC-IMP-002'): void {
    if (this.#problems.length < problemsMax) this.#problems.push({ code, where, why })
  }

  get problems(): readonly ImportProblem[] {
    return this.#problems
  }

  get understood(): readonly string[] {
    return [...this.#understood].map(([what, count]) => `${what}: ${count}`)
  }

  get leftOut(): readonly LeftOut[] {
    if (this.#moreLeftOut === 0) return this.#leftOut
    const what = `${this.#moreLeftOut} further things`
    const why = `only the first ${leftOutMax} are listed`
    return [...this.#leftOut, { where: 'the same files', what, why }]
  }
}
