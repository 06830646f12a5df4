// Why this file exists: the serving process opens one database and gets what it keeps there: leases and sightings.
import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '#fault'
import { copyPath, openDatabase } from '../database.ts'
import { LeaseTable } from './lease-table.ts'
import { Outbox } from './outbox.ts'
import { wireSchema } from './schema.ts'
import { Writer } from './writer.ts'

export interface WireStoreOptions {
  readonly path: string
  /** Wall time in milliseconds. */
  readonly now: () => number
  /** Damage that was repaired, sightings that were dropped: for a person to see. */
  readonly onAlarm: (alarm: Fault) => void
  readonly sightingRowsMax?: number
  readonly pageCountMax?: number
}

/** Days of a rack that boots; about 30 MB. */
export const sightingRowsMaxDefault = 100_000
/** 1 GiB in pages of 4 KiB: a hundred times what the tables can hold. */
export const pageCountMaxDefault = 262_144
const sightingsPerAlarm = 1000

export class WireStore implements AsyncDisposable {
  readonly leases: LeaseTable
  readonly outbox: Outbox
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #writer: Writer

  private constructor(path: string, db: DatabaseSync, writer: Writer) {
    this.#path = path
    this.#db = db
    this.#writer = writer
    this.leases = new LeaseTable(db, writer)
    this.outbox = new Outbox(db, writer)
  }

  static async open(options: WireStoreOptions): Promise<WireStore> {
    const { db, recovered, cutOff } = openDatabase(options.path, wireSchema, options.now)
    for (const fault of [recovered, cutOff]) if (fault) options.onAlarm(fault)
    const writer = await Writer.start(
      {
        path: options.path,
        sightingRowsMax: options.sightingRowsMax ?? sightingRowsMaxDefault,
        pageCountMax: options.pageCountMax ?? pageCountMaxDefault,
      },
      alarmInSteps(options),
    )
    return new WireStore(options.path, db, writer)
  }

  /** The last good copy, for when the file is found damaged at a start. The owner sets the rhythm. */
  copy(): Promise<void> {
    return this.#writer.copy(copyPath(this.#path))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]()
    this.#db.close()
  }
}

/** One alarm for the first and for each further thousand: at its limit, every sighting drops one. */
function alarmInSteps({ path, onAlarm }: WireStoreOptions): (count: number) => void {
  let dropped = 0
  let alarmAt = 1
  return (count) => {
    dropped += count
    if (dropped < alarmAt) return
    alarmAt = dropped + sightingsPerAlarm
    onAlarm(droppedSightings(path, dropped))
  }
}

function droppedSightings(path: string, count: number): Fault {
  return new Fault('CPC-STO-012', {
    what: `${count} old sightings were dropped`,
    where: path,
    why: 'core has not fetched them and their limit is reached',
    todo: 'look why core is away; timelines of that time have gaps',
  })
}
