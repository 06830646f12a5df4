// Why this file exists: slapd gives its last file to whoever connects, and then its unix socket is dead as well. So it
// listens on that socket alone, and strangers come through a door that lets in so many and no more (HOSTILE 29): who
// comes gets in, and who has been silent for longest leaves.
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { Fault } from '#fault'

export interface SlapdDoorSettings {
  readonly host: string
  readonly port: number
  /** Where slapd listens. */
  readonly socketPath: string
  /** LDAPS: key and certificate, PEM. Absent: plain LDAP, with slapd's own StartTLS. */
  readonly tlsPem?: string
  readonly limits?: DoorLimits
  readonly log: (line: string) => void
}

export interface DoorLimits {
  readonly connectionsMax: number
  /** Until the first byte; afterwards slapd's own idle time-out counts. */
  readonly firstWordMsMax: number
  /** slapd may be away for so long, because it is started again. */
  readonly awayMsMax: number
}

export const doorLimits: DoorLimits = {
  connectionsMax: 512,
  firstWordMsMax: 30_000,
  awayMsMax: 3_000,
}

/** Crowds are told of once in a while, not once for each who leaves. */
const tellEveryMs = 60_000
const connectPauseMs = 50
const minTls = 'TLSv1.2'

export class SlapdDoor {
  readonly #settings: SlapdDoorSettings
  readonly #limits: DoorLimits
  readonly #server: Server
  /** In the order in which they last said something. */
  readonly #guests = new Set<Socket>()
  #identity: SecureContext | undefined
  #toldAt = -Infinity

  private constructor(settings: SlapdDoorSettings) {
    this.#settings = settings
    this.#limits = settings.limits ?? doorLimits
    if (settings.tlsPem !== undefined) this.changeCertificate(settings.tlsPem)
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (guest) =>
      this.#admit(guest),
    )
  }

  static async open(settings: SlapdDoorSettings): Promise<SlapdDoor> {
    const door = new SlapdDoor(settings)
    await new Promise<void>((resolve, reject) => {
      door.#server.once('error', reject)
      door.#server.listen(settings.port, settings.host, resolve)
    }).catch((cause: unknown) => {
      throw cannotListen(settings, cause)
    })
    // What can still go wrong is one connection, never the door.
    door.#server.on('error', (error) => settings.log(`the directory's door: ${error.message}`))
    return door
  }

  /** For whoever comes from now on. */
  changeCertificate(tlsPem: string): void {
    this.#identity = createSecureContext({ key: tlsPem, cert: tlsPem, minVersion: minTls })
  }

  get guests(): number {
    return this.#guests.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const guest of this.#guests) guest.destroy()
    await closed
  }

  #admit(guest: Socket): void {
    if (this.#guests.size >= this.#limits.connectionsMax) this.#sendOneAway()
    this.#guests.add(guest)
    guest.on('error', () => guest.destroy())
    guest.once('close', () => this.#guests.delete(guest))
    guest.setTimeout(this.#limits.firstWordMsMax, () => guest.destroy())
    const stream = this.#identity === undefined ? guest : secured(guest, this.#identity)
    stream.on('error', () => guest.destroy())
    // A guest who says nothing costs slapd nothing.
    stream.once('readable', () => {
      guest.setTimeout(0)
      this.#connect(guest, stream)
    })
  }

  /** Who comes while slapd is being started waits for it. */
  #connect(guest: Socket, stream: Socket, sinceMs = performance.now()): void {
    if (guest.destroyed) return
    const slapd = createConnection({ path: this.#settings.socketPath, allowHalfOpen: true })
    const refused = (): void => {
      const isLong = performance.now() - sinceMs > this.#limits.awayMsMax
      if (isLong) guest.destroy()
      else setTimeout(() => this.#connect(guest, stream, sinceMs), connectPauseMs)
    }
    slapd.once('error', refused)
    slapd.once('connect', () => {
      slapd.off('error', refused)
      this.#join(guest, stream, slapd)
    })
  }

  #join(guest: Socket, stream: Socket, slapd: Socket): void {
    slapd.on('error', () => guest.destroy())
    slapd.once('close', () => stream.destroySoon())
    guest.once('close', () => slapd.destroy())
    const said = (): void => this.#said(guest)
    stream.on('data', said)
    slapd.on('data', said)
    stream.pipe(slapd)
    slapd.pipe(stream)
  }

  #said(guest: Socket): void {
    if (this.#guests.delete(guest)) this.#guests.add(guest)
  }

  #sendOneAway(): void {
    const [silent] = this.#guests
    if (silent === undefined) return
    this.#guests.delete(silent)
    silent.destroy()
    const now = performance.now()
    if (now - this.#toldAt < tellEveryMs) return
    this.#toldAt = now
    const { host, port, log } = this.#settings
    const most = this.#limits.connectionsMax
    const whom = 'whoever was silent for longest is disconnected'
    log(`warning: ${host}:${port} has ${most} connections and keeps no more: ${whom}`)
  }
}

function secured(guest: Socket, secureContext: SecureContext): TLSSocket {
  return new TLSSocket(guest, { isServer: true, secureContext })
}

function cannotListen({ host, port }: SlapdDoorSettings, cause: unknown): Fault {
  const text = {
    what: 'the embedded directory cannot listen',
    where: `${host}:${port}`,
    why: cause instanceof Error ? cause.message : String(cause),
    todo: 'stop the program that is there, or choose another port in coppice.yaml: directory.embedded',
  }
  return new Fault('CPC-LDAP-032', text, { cause })
}
