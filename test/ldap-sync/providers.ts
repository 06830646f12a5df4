// Why this file exists: the same promises are asked of servers of three makes: in memory, the slapd that we set up, and
// an OpenLDAP that somebody else did.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LdapServer } from '../ldap-server/server.ts'
import { OpenLdap, type OpenLdapOptions } from '../ldap-server/open-ldap.ts'
import type { Provider } from './bench.ts'
import { RealSlapd, type RealSlapdOptions } from './real-slapd.ts'

export interface FallibleProvider extends Provider {
  /** It is gone until the answer is called. */
  down(): Promise<() => Promise<void>>
  /** Its disk is emptied: the base alone is there again, or not even that. */
  empty(options: { readonly withBase: boolean }): Promise<void>
}

export interface MemoryOptions {
  readonly sessionLog?: number
  readonly pieceBytes?: number
}

export type MemoryProvider = FallibleProvider & { readonly server: LdapServer }

export function inMemory({ sessionLog = 0, pieceBytes }: MemoryOptions = {}): MemoryProvider {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-fake-'))
  const secretFile = join(folder, 'secret')
  const access = { base: 'dc=test', bindDn: 'cn=admin,dc=test', secret: 'open sesame' }
  writeFileSync(secretFile, access.secret)
  const pieces = pieceBytes === undefined ? {} : { pieceBytes }
  const server = new LdapServer({ ...access, sessionLog, ...pieces })
  return {
    ...access,
    server,
    url: 'ldap://memory',
    secretFile,
    connect: server.connect,
    interrupt: () => server.cutAll(),
    async down() {
      server.faults = { ...server.faults, refusesConnections: true }
      await server.cutAll()
      return () => {
        server.faults = { ...server.faults, refusesConnections: false }
        return Promise.resolve()
      }
    },
    async empty(options) {
      server.entries.empty(options)
      await server.cutAll()
    },
    stop: () => Promise.resolve(rmSync(folder, { recursive: true })),
  }
}

export type OpenLdapProvider = FallibleProvider & { readonly server: OpenLdap }

export async function openLdap(options: OpenLdapOptions = {}): Promise<OpenLdapProvider> {
  const server = new OpenLdap(options)
  await server.start()
  const { base, url, bindDn, secretFile, secret, connect } = server
  const down = async (): Promise<() => Promise<void>> => {
    await server.kill()
    return () => server.restart()
  }
  return {
    server,
    base,
    url,
    bindDn,
    secretFile,
    secret,
    connect,
    down,
    interrupt: async () => (await down())(),
    empty: (how) => server.empty(how),
    stop: () => server.stop(),
  }
}

export type EmbeddedProvider = Provider & { readonly server: RealSlapd }

export async function embedded(options: RealSlapdOptions = {}): Promise<EmbeddedProvider> {
  const server = new RealSlapd(options)
  await server.start()
  const { base, secret, connect, prepared } = server
  return {
    server,
    base,
    secret,
    connect,
    url: prepared.urls[0],
    bindDn: prepared.adminDn,
    secretFile: prepared.secretFile,
    interrupt: () => server.killAndRestart(),
    stop: () => server.stop(),
  }
}
