// Why this file exists: a test against an LDAP server wants a tree of its own, a hand that writes into it, and a
// sync that watches it; all of it goes away with the test.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Clock,
  type Connect,
  type DirectorySyncSettings,
  LdapClient,
  parseLdapUrl,
  systemClock,
} from '#ldap-sync'
import { childDn } from '../../src/ldap-sync/dn.ts'
import type { Change } from '../../src/ldap-sync/message/message.ts'
import { WatchedSync } from './watched-sync.ts'

export interface Provider {
  readonly base: string
  readonly url: string
  readonly bindDn: string
  readonly secretFile: string
  readonly secret: string
  readonly connect: Connect
  /** Every connection breaks; the server is there again at once, with all its entries. */
  interrupt(): Promise<void>
  stop(): Promise<void>
}

export function known<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

type Attributes = Readonly<Record<string, string | readonly string[]>>

/** A tree of its own for each test, and a hand that writes into it like an administrator's. */
export class Bench {
  readonly #provider: Provider
  readonly base: string
  readonly folder = mkdtempSync(join(tmpdir(), 'cpc-ldap-'))
  readonly #open: WatchedSync[] = []
  #client: LdapClient | undefined

  constructor(provider: Provider, label: string) {
    this.#provider = provider
    this.base = `ou=${label},${provider.base}`
  }

  async prepare(): Promise<void> {
    const container = { objectClass: 'organizationalUnit' }
    await this.add(this.base, { ...container, ou: known(/^ou=([^,]+)/.exec(this.base)?.[1]) })
    for (const ou of ['networks', 'machines', 'people', 'vos']) {
      await this.add(childDn('ou', ou, this.base), { ...container, ou })
    }
  }

  async client(): Promise<LdapClient> {
    if (this.#client?.isOpen !== true) {
      const connection = await this.#provider.connect(parseLdapUrl(this.#provider.url))
      this.#client = new LdapClient(connection, systemClock)
      await this.#client.bind(this.#provider.bindDn, this.#provider.secret)
    }
    return this.#client
  }

  async add(dn: string, attributes: Attributes): Promise<void> {
    const client = await this.client()
    await client.add(
      dn,
      Object.entries(attributes).map(([attribute, values]) => bytesOf(attribute, values)),
    )
  }

  async change(dn: string, kind: Change['kind'], attributes: Attributes): Promise<void> {
    const client = await this.client()
    const changes = Object.entries(attributes).map(([attribute, values]) => ({
      kind,
      attribute: bytesOf(attribute, values),
    }))
    await client.modify(dn, changes)
  }

  async machine(label: string, number: number, more: Attributes = {}): Promise<string> {
    const dn = childDn('cn', label, `ou=machines,${this.base}`)
    const objectClass = ['device', 'ipHost', 'ieee802Device', 'coppiceMachine']
    const macAddress = `52-54-00-00-00-${number.toString(16).padStart(2, '0')}`
    const ipHostNumber = `10.77.0.${number}`
    await this.add(dn, { objectClass, cn: label, macAddress, ipHostNumber, ...more })
    return dn
  }

  watch(settings: Partial<DirectorySyncSettings> = {}, clock: Clock = systemClock): WatchedSync {
    const { url, bindDn, secretFile, connect } = this.#provider
    const copyFile = join(this.folder, 'copy')
    const all = { url, base: this.base, bindDn, secretFile, copyFile, ...settings }
    const watched = new WatchedSync({ settings: all, connect, clock })
    this.#open.push(watched)
    return watched
  }

  async live(
    settings: Partial<DirectorySyncSettings> = {},
    clock: Clock = systemClock,
  ): Promise<WatchedSync> {
    const watched = this.watch(settings, clock)
    await watched.sync.start()
    await watched.untilLive()
    return watched
  }

  async close(): Promise<void> {
    for (const watched of this.#open) await watched.sync.close()
    this.#client?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function bytesOf(attribute: string, values: string | readonly string[]) {
  const list = typeof values === 'string' ? [values] : values
  return { name: attribute, values: list.map((value) => Buffer.from(value)) }
}
