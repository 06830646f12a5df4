// Why this file exists: the whole client behind a real socket, at whose other end somebody sends bent messages. It may
// close the connection with a Fault; it may not crash, hang or grow.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EntryId } from '#directory'
import { Fault } from '#fault'
import { connectorOf, LdapClient, ldapFilter, parseLdapUrl, systemClock } from '#ldap-sync'
import { SyncConsumer } from '../../src/ldap-sync/sync/consumer.ts'
import { syncRequest } from '../../src/ldap-sync/sync/sync-control.ts'

const filter = ldapFilter`(objectClass=*)`
/** Then a fresh one: a length that lies may leave an old one waiting. */
const messagesPerConnection = 50
const known = { size: 0, ids: (): EntryId[] => [], keyOf: () => undefined }

export class BentClient {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cpc-bent-'))
  readonly #server: Server
  readonly #path = join(this.#folder, 'socket')
  readonly #sockets: Socket[] = []
  #current: Current | undefined
  /** Connections that ended with a Fault, as they should. */
  faults = 0

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      socket.on('error', () => undefined)
      socket.resume()
      this.#sockets.push(socket)
    })
  }

  static async open(): Promise<BentClient> {
    const bent = new BentClient(createServer())
    bent.#server.listen(bent.#path)
    await once(bent.#server, 'listening')
    return bent
  }

  /** Resolves when the client has read it all, or has closed. */
  async hear(bytes: Uint8Array): Promise<void> {
    if (!this.#current?.client.isOpen || this.#current.heard >= messagesPerConnection) {
      this.#current?.client.close()
      this.#current = await this.#connect()
    }
    await this.#current.send(bytes)
  }

  async close(): Promise<void> {
    this.#current?.client.close()
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
    rmSync(this.#folder, { recursive: true })
  }

  async #connect(): Promise<Current> {
    const url = parseLdapUrl(`ldapi://${encodeURIComponent(this.#path)}`)
    const accepted = once(this.#server, 'connection')
    const connection = await connectorOf(systemClock)(url)
    await accepted
    for (const socket of this.#sockets.splice(0, this.#sockets.length - 1)) socket.destroy()
    const [socket] = this.#sockets
    assert.ok(socket)
    const current = new Current(socket)
    const client = new LdapClient(
      {
        ...connection,
        onBytes: (take) => connection.onBytes((bytes) => current.took(bytes, take)),
      },
      systemClock,
    )
    current.begin(client, (fault) => {
      assert.ok(fault instanceof Fault)
      this.faults += 1
    })
    return current
  }
}

/** One connection and how far it was read. */
class Current {
  readonly #socket: Socket
  #client: LdapClient | undefined
  #sent = 0
  #read = 0
  #settle: (() => void) | undefined
  heard = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  get client(): LdapClient {
    assert.ok(this.#client)
    return this.#client
  }

  begin(client: LdapClient, onFault: (fault: unknown) => void): void {
    this.#client = client
    client.onClosed((fault) => {
      onFault(fault)
      this.#settle?.()
    })
    client.search({ base: '', filter }).then(
      () => undefined,
      (error: unknown) => assert.ok(error instanceof Fault),
    )
    const consumer = new SyncConsumer({ known, resumed: true, attributes: ['cn'] })
    client.follow({ base: 'dc=x', filter }, [syncRequest({ mode: 'refreshAndPersist' })], {
      take: (operation, controls) => void consumer.take(operation, controls),
      takeBytes: (id, bytes, start, end) => consumer.takeBytes(id, bytes, start, end) !== undefined,
      pause: () => void consumer.settle(),
    })
  }

  took(bytes: Uint8Array, take: (bytes: Uint8Array) => void): void {
    take(bytes)
    this.#read += bytes.length
    if (this.#read >= this.#sent) this.#settle?.()
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.heard += 1
    if (bytes.length === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#settle = resolve
    this.#sent += bytes.length
    this.#socket.write(bytes)
    await promise
  }
}
