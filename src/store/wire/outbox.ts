// Why this file exists: what wire saw while core was away is part of a boot's timeline; it waits here, on the disk,
// until core says that it has it.
import type { DatabaseSync } from 'node:sqlite'
import { readSighting, type Sighting } from '#feed'
import { jsonOf, numberOf, type Row } from '../row.ts'
import { prepare, type Statement } from '../statement.ts'
import type { Writer } from './writer.ts'

export class Outbox {
  readonly #writer: Writer
  readonly #select: Statement
  #lastSeq: number

  constructor(db: DatabaseSync, writer: Writer) {
    this.#writer = writer
    this.#select = prepare(
      db,
      'SELECT seq, content FROM sighting WHERE seq > ? ORDER BY seq LIMIT ?',
    )
    const given = prepare(db, "SELECT seq FROM sqlite_sequence WHERE name = 'sighting'").get()
    this.#lastSeq = given ? numberOf(given, 'seq') : 0
  }

  /** Resolves with its number when it is on the disk. Numbers grow, across restarts too. */
  async append(sighting: Sighting): Promise<number> {
    this.#lastSeq += 1
    const seq = this.#lastSeq
    await this.#writer.write([{ kind: 'append', seq, content: JSON.stringify(sighting) }])
    return seq
  }

  /** Those after `seq`, oldest first. */
  since(
    seq: number,
    countMax: number,
  ): readonly { readonly seq: number; readonly sighting: Sighting }[] {
    let rows = this.#select.all(seq, countMax)
    let items = rows.flatMap(readItem)
    // None of them is of a form that we know any more: there may be others behind them.
    while (items.length === 0 && rows.length === countMax) {
      rows = this.#select.all(numberOf(rows.at(-1) ?? {}, 'seq'), countMax)
      items = rows.flatMap(readItem)
    }
    return items
  }

  /** Core has them. A failure costs nothing: core ignores what it has seen. */
  forget(upTo: number): void {
    this.#writer.write([{ kind: 'forget', upTo }]).catch(() => undefined)
  }
}

/** A sighting of a form that we do not know any more is no reason to lose those behind it. */
function readItem(row: Row): { readonly seq: number; readonly sighting: Sighting }[] {
  const read = readSighting(jsonOf(row, 'content'))
  return read.ok ? [{ seq: numberOf(row, 'seq'), sighting: read.value }] : []
}
