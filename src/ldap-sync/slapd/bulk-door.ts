// Why this file exists: core asks the keeper, who holds slapd, for a copy to write a large order into. The connection is
// the lease: whoever goes away without a word has ordered nothing.
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import type { BulkCopy, Opened } from './bulk-copy.ts'

export interface BulkDoorSettings {
  readonly path: string
  readonly open: (orders: number) => Promise<Opened>
  readonly log: (line: string) => void
}

/** Nobody else writes meanwhile: an order that takes so long has gone wrong. */
const leaseMillisMax = 300_000

export class BulkDoor {
  readonly #settings: BulkDoorSettings
  readonly #server: Server
  readonly #leases = new Map<Socket, Lease>()

  private constructor(settings: BulkDoorSettings) {
    this.#settings = settings
    this.#server = createServer((guest) => this.#admit(guest))
  }

  static async open(settings: BulkDoorSettings): Promise<BulkDoor> {
    const door = new BulkDoor(settings)
    rmSync(settings.path, { force: true })
    door.#server.listen(settings.path)
    await once(door.#server, 'listening')
    door.#server.on('error', (error) => settings.log(`the door of large orders: ${error.message}`))
    return door
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    const leases = [...this.#leases]
    for (const [guest] of leases) guest.destroy()
    await closed
    for (const [, lease] of leases) await lease.end()
  }

  #admit(guest: Socket): void {
    guest.on('error', () => guest.destroy())
    if (this.#leases.size > 0) {
      guest.resume().write('no another large order is under way\n')
      // Not when it likes: our own end waits for all of them.
      guest.destroySoon()
      return
    }
    const lease = new Lease(this.#settings)
    this.#leases.set(guest, lease)
    const late = setTimeout(() => guest.destroy(), leaseMillisMax)
    createInterface({ input: guest }).on('line', (line) => {
      void lease.hear(line).then((answer) => guest.write(`${answer}\n`))
    })
    guest.once('close', () => {
      clearTimeout(late)
      void lease.end().then(() => this.#leases.delete(guest))
    })
  }
}

class Lease {
  readonly #settings: BulkDoorSettings
  #copy: BulkCopy | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(settings: BulkDoorSettings) {
    this.#settings = settings
  }

  hear(line: string): Promise<string> {
    return this.#inTurn(async () => {
      const [, orders] = /^copy (\d{1,9})$/.exec(line) ?? []
      if (orders !== undefined && this.#copy === undefined) return this.#open(Number(orders))
      if (line === 'publish' && this.#copy !== undefined) return this.#publish(this.#copy)
      if (line === 'discard') return this.#discard()
      return 'no this is not the time for that'
    })
  }

  /** What was not published is gone. */
  end(): Promise<unknown> {
    return this.#inTurn(() => this.#discard())
  }

  async #open(orders: number): Promise<string> {
    const opened = await this.#settings.open(orders)
    if (!opened.ok) return this.#refuse(opened.refusal)
    this.#copy = opened.value
    return `at ${opened.value.url}`
  }

  async #publish(copy: BulkCopy): Promise<string> {
    await copy.publish()
    this.#copy = undefined
    return 'done'
  }

  async #discard(): Promise<string> {
    const copy = this.#copy
    this.#copy = undefined
    await copy?.discard()
    return 'done'
  }

  #inTurn(work: () => Promise<string>): Promise<string> {
    const result = this.#turn.then(work).catch((error: unknown) => {
      return this.#refuse(error instanceof Error ? error.message : String(error))
    })
    this.#turn = result
    return result
  }

  #refuse(reason: string): string {
    this.#settings.log(`a large order is written one by one: ${reason}`)
    return `no ${reason.replaceAll('\n', ' ')}`
  }
}
