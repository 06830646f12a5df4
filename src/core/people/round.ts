// Why this file exists: one change may concern a thousand hosts; what came of it is told in one line, when all of it is done.
import { foldNodeSet } from '#directory'
import type { Ended } from '#host'

export class PeopleRound {
  readonly #now: () => number
  readonly #hosts = new Set<string>()
  readonly #ended = new Set<string>()
  #from: number | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  /** The first time counts. */
  begin(): void {
    this.#from ??= this.#now()
  }

  took(host: string, ended: readonly Ended[]): void {
    this.#hosts.add(host)
    for (const { name } of ended) this.#ended.add(name)
  }

  /** Which hosts, and what of them; `undefined` when none took anything. */
  end(): readonly [string, string] | undefined {
    const hosts = [...this.#hosts]
    const names = [...this.#ended].toSorted()
    const elapsedMs = this.#now() - (this.#from ?? this.#now())
    this.#hosts.clear()
    this.#ended.clear()
    this.#from = undefined
    if (hosts.length === 0) return undefined
    const took = `took who may log in, ${elapsedMs} ms after the change`
    const ended = names.length === 0 ? '' : `; the log-ins of ${names.join(', ')} were ended`
    return [foldNodeSet(hosts), took + ended]
  }
}
