// Why this file exists: somebody else's slapd, configured as its manual says, that follows the embedded directory.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { schemaDirectives } from '../../src/ldap-sync/slapd/schema-file.ts'
import { eventually } from '../eventually.ts'
import { tool } from './ldap-tools.ts'
import type { RealSlapd } from './real-slapd.ts'

export class StockReplica {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cpc-replica-'))
  readonly #base: string
  readonly #url = `ldapi://${encodeURIComponent(join(this.#folder, 'ldapi'))}/`
  #child: ChildProcess | undefined

  constructor(provider: RealSlapd, caFile: string) {
    this.#base = provider.base
    mkdirSync(join(this.#folder, 'db'))
    writeFileSync(join(this.#folder, 'slapd.conf'), this.#config(provider, caFile))
  }

  async start(): Promise<void> {
    const argv = ['-f', join(this.#folder, 'slapd.conf'), '-h', this.#url, '-d', 'none']
    const whole = ['--pdeathsig', 'KILL', '/usr/sbin/slapd', ...argv]
    this.#child = spawn('setpriv', whole, { stdio: 'ignore' })
    await eventually('the replica answers', async () => (await this.#ask()).status !== -1)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** The names below ou=machines, as it has them. */
  async names(): Promise<string> {
    const { out } = await this.#ask('(objectClass=device)', 'cn')
    return [...out.matchAll(/^cn: (.*)$/gm)]
      .map(([, name = '']) => name)
      .toSorted()
      .join(' ')
  }

  async has(names: string): Promise<void> {
    let last = ''
    const isSo = async (): Promise<boolean> => {
      last = await this.names()
      return last === names
    }
    await eventually(`the replica has ${names}`, isSo).catch((cause: unknown) => {
      throw new Error(`the replica has ${last}`, { cause })
    })
  }

  async everything(): Promise<string> {
    return (await this.#ask()).out
  }

  async #ask(...words: readonly string[]): Promise<{ status: number; out: string }> {
    const admin = ['-x', '-H', this.#url, '-D', `cn=admin,${this.#base}`, '-w', 'replica']
    const said = await tool(['ldapsearch', ...admin, '-LLL', '-b', this.#base, ...words])
    // 255: nobody listens yet.
    return said.status === 255 ? { ...said, status: -1 } : said
  }

  #config(provider: RealSlapd, caFile: string): string {
    const schemas = ['openssh-lpk.ldif', 'coppice.ldif'].map((name) =>
      schemaDirectives(readFileSync(join(import.meta.dirname, '../../schema', name), 'utf8')),
    )
    const debian = ['core', 'cosine', 'nis', 'inetorgperson'].map(
      (name) => `include /etc/ldap/schema/${name}.schema`,
    )
    const { urls, readerDn, readerSecretFile } = provider.prepared
    const secret = readFileSync(readerSecretFile, 'utf8')
    return [
      ...debian,
      ...schemas,
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'database mdb',
      `suffix "${this.#base}"`,
      `rootdn "cn=admin,${this.#base}"`,
      'rootpw replica',
      `directory "${join(this.#folder, 'db')}"`,
      'index objectClass,entryCSN,entryUUID eq',
      `syncrepl rid=001 provider=${urls[1]} type=refreshAndPersist retry="1 +" searchbase="${this.#base}"`,
      `  bindmethod=simple binddn="${readerDn}" credentials="${secret}"`,
      `  starttls=critical tls_cacert="${caFile}"`,
      '',
    ].join('\n')
  }
}
