// Why this file exists: HOSTILE 28: sockets are few, and a machine that boots must get one though somebody else holds
// hundreds: one address has a limit, and when all are taken, the one that holds most gives way.
import type { Socket } from 'node:net'
import { admit, type Occupant } from '../tftp/admission.ts'

export interface ConnectionLimits {
  readonly connectionsMax: number
  /** One machine, or one address translator, cannot have them all. */
  readonly connectionsPerAddressMax: number
}

interface Open extends Occupant {
  readonly socket: Socket
  heardAt: number
}

export class Connections {
  readonly #limits: ConnectionLimits
  readonly #now: () => number
  readonly #open = new Map<string, Open>()
  readonly #perAddress = new Map<string, number>()

  constructor(limits: ConnectionLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  /** Takes a new connection in, or ends it, or ends another one for it. */
  take(socket: Socket): void {
    const { remoteAddress: address = '', remotePort = 0 } = socket
    const key = `${address}:${remotePort}`
    const held = this.#perAddress.get(address) ?? 0
    if (held >= this.#limits.connectionsPerAddressMax || !this.#makeRoom(address))
      return void socket.destroy()
    this.#perAddress.set(address, held + 1)
    const open: Open = { key, address, socket, heardAt: this.#now() }
    this.#open.set(key, open)
    socket.once('close', () => this.#forget(open))
  }

  /** A request came: of two connections that might give way, it is the other. */
  heard({ remoteAddress = '', remotePort = 0 }: Socket): void {
    const open = this.#open.get(`${remoteAddress}:${remotePort}`)
    if (open) open.heardAt = this.#now()
  }

  #makeRoom(address: string): boolean {
    const admission = admit(this.#open, address, this.#limits.connectionsMax)
    if (admission.kind !== 'evict') return admission.kind === 'admit'
    const evicted = this.#open.get(admission.key)
    if (!evicted) return false
    this.#forget(evicted) // now: its 'close' comes later
    evicted.socket.destroy()
    return true
  }

  #forget(open: Open): void {
    if (this.#open.get(open.key) !== open) return
    this.#open.delete(open.key)
    const left = (this.#perAddress.get(open.address) ?? 1) - 1
    if (left === 0) this.#perAddress.delete(open.address)
    else this.#perAddress.set(open.address, left)
  }
}
