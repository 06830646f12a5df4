// Why this file exists: an OpenLDAP as other people run it: configured by hand, with the limits, overlays and accidents
// that a test wants. The embedded one, set up by our own code, is in test/ldap-sync/real-slapd.ts.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectorOf, LdapClient, parseLdapUrl, systemClock } from '#ldap-sync'
import { schemaDirectives } from '../../src/ldap-sync/slapd/schema-file.ts'
import { end, freePort } from '../child-process.ts'
import { eventually } from '../eventually.ts'

export interface OpenLdapOptions {
  readonly sessionLog?: number
  /** Lines of slapd.conf before the database and in it. */
  readonly general?: readonly string[]
  readonly database?: readonly string[]
  /** LDIF that is there from the start, below the base. */
  readonly ldif?: string
}

const slapd = '/usr/sbin/slapd'
const slapadd = '/usr/sbin/slapadd'

export class OpenLdap {
  readonly base = 'dc=firma,dc=test'
  readonly bindDn = `cn=admin,${this.base}`
  readonly secret = 'open sesame'
  readonly folder = mkdtempSync(join(tmpdir(), 'cpc-openldap-'))
  readonly secretFile = join(this.folder, 'secret')
  readonly url = `ldapi://${encodeURIComponent(join(this.folder, 'ldapi'))}/`
  readonly connect = connectorOf(systemClock)
  #options: OpenLdapOptions
  #child: ChildProcess | undefined
  #port = 0

  constructor(options: OpenLdapOptions = {}) {
    this.#options = options
  }

  /** `ldap://127.0.0.1:PORT`, beside the unix socket. */
  get tcpUrl(): string {
    return `ldap://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    this.#port = await freePort()
    writeFileSync(this.secretFile, this.secret)
    this.#writeConfig()
    this.#fill(`${this.#baseLdif()}\n${this.#options.ldif ?? ''}`)
    await this.#spawn()
  }

  async kill(): Promise<void> {
    await end(this.#child, 'SIGKILL')
  }

  async restart(): Promise<void> {
    await this.#spawn()
  }

  /** Stopped, its database removed, started again: with the base alone, or without even that. */
  async empty({ withBase }: { readonly withBase: boolean }): Promise<void> {
    await end(this.#child, 'SIGTERM')
    rmSync(join(this.folder, 'db'), { recursive: true })
    if (withBase) this.#fill(this.#baseLdif())
    else mkdirSync(join(this.folder, 'db'))
    await this.#spawn()
  }

  /** Stopped, configured in another way, started again; what it holds stays. */
  async reconfigure(options: OpenLdapOptions): Promise<void> {
    await end(this.#child, 'SIGTERM')
    this.#options = options
    this.#writeConfig()
    await this.#spawn()
  }

  /** What it holds now; the answer puts that back in its place. */
  async backUp(): Promise<() => Promise<void>> {
    const [db, saved] = [join(this.folder, 'db'), join(this.folder, 'saved')]
    await end(this.#child, 'SIGTERM')
    cpSync(db, saved, { recursive: true })
    await this.#spawn()
    return async () => {
      await end(this.#child, 'SIGTERM')
      rmSync(db, { recursive: true })
      cpSync(saved, db, { recursive: true })
      await this.#spawn()
    }
  }

  /** Runs a tool of ldap-utils as the administrator. */
  tool(program: string, args: readonly string[], input = ''): string {
    const access = ['-x', '-H', this.url, '-D', this.bindDn, '-y', this.secretFile]
    return execFileSync(program, [...access, ...args], { input, encoding: 'utf8' })
  }

  async stop(): Promise<void> {
    await end(this.#child, 'SIGTERM')
    rmSync(this.folder, { recursive: true, force: true })
  }

  #writeConfig(): void {
    const { general = [], database = [], sessionLog } = this.#options
    const schemas = ['core', 'cosine', 'nis', 'inetorgperson']
    const lines = [
      ...schemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
      schemaDirectives(
        readFileSync(join(import.meta.dirname, '../../schema/coppice.ldif'), 'utf8'),
      ),
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'moduleload syncprov',
      ...general,
      'database mdb',
      `suffix "${this.base}"`,
      `rootdn "${this.bindDn}"`,
      `rootpw "${this.secret}"`,
      `directory ${join(this.folder, 'db')}`,
      'maxsize 104857600',
      // Tests want its behaviour, not its durability.
      'dbnosync',
      'index objectClass,entryCSN,entryUUID eq',
      ...database,
      'overlay syncprov',
      ...(sessionLog === undefined ? [] : [`syncprov-sessionlog ${sessionLog}`]),
    ]
    writeFileSync(join(this.folder, 'slapd.conf'), `${lines.join('\n')}\n`)
  }

  #baseLdif(): string {
    return `dn: ${this.base}\nobjectClass: dcObject\nobjectClass: organization\ndc: firma\no: Firma\n`
  }

  #fill(ldif: string): void {
    mkdirSync(join(this.folder, 'db'), { recursive: true })
    const file = join(this.folder, 'fill.ldif')
    writeFileSync(file, ldif)
    execFileSync(slapadd, ['-f', join(this.folder, 'slapd.conf'), '-l', file], { stdio: 'pipe' })
  }

  async #spawn(): Promise<void> {
    const urls = `${this.url} ${this.tcpUrl}`
    const argv = ['--pdeathsig', 'TERM', slapd, '-f', join(this.folder, 'slapd.conf'), '-h', urls]
    this.#child = spawn('setpriv', [...argv, '-d', 'none'], { stdio: 'ignore' })
    // A test that fails before its end must not wait for it; it dies with us.
    this.#child.unref()
    await eventually('slapd answers', () => this.#answers())
  }

  async #answers(): Promise<boolean> {
    try {
      const client = new LdapClient(await this.connect(parseLdapUrl(this.url)), systemClock)
      client.close()
      return true
    } catch {
      return false
    }
  }
}
