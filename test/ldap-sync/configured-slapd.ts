// Why this file exists: other people's slapd is configured by cn=config and knows nothing of us. This one is, so that
// our schema is loaded as an administrator would load it, and a tree of theirs is served from there.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { end, freePort } from '../child-process.ts'
import { eventually } from '../eventually.ts'

const secret = 'swordfish'

export class ConfiguredSlapd {
  readonly folder = mkdtempSync(join(tmpdir(), 'cpc-foreign-'))
  readonly secretFile = join(this.folder, 'secret')
  readonly suffix: string
  readonly bindDn: string
  url = ''
  #child: ChildProcess | undefined

  constructor(suffix: string) {
    this.suffix = suffix
    this.bindDn = `cn=admin,${suffix}`
  }

  async start(): Promise<void> {
    for (const name of ['slapd.d', 'db']) mkdirSync(join(this.folder, name))
    writeFileSync(this.secretFile, secret, { mode: 0o600 })
    const config = join(this.folder, 'config.ldif')
    writeFileSync(config, this.#config())
    const slapdD = join(this.folder, 'slapd.d')
    execFileSync('/usr/sbin/slapadd', ['-n', '0', '-F', slapdD, '-l', config], { stdio: 'pipe' })
    this.url = `ldap://127.0.0.1:${await freePort()}`
    const argv = ['/usr/sbin/slapd', '-F', slapdD, '-h', `${this.#socket} ${this.url}`, '-d', '0']
    this.#child = spawn('setpriv', ['--pdeathsig', 'TERM', ...argv], { stdio: 'ignore' })
    const asWhom = ['-Q', '-Y', 'EXTERNAL', '-H', this.#socket]
    await eventually('slapd answers', () => succeeds('ldapwhoami', asWhom))
  }

  /** As the comment in each schema file says. */
  loadSchema(path: string): void {
    this.#tool('ldapadd', ['-Q', '-Y', 'EXTERNAL', '-H', this.#socket, '-f', path])
  }

  load(ldif: string): void {
    const bind = ['-x', '-D', this.bindDn, '-y', this.secretFile, '-H', this.url]
    this.#tool('ldapadd', bind, ldif)
  }

  async stop(): Promise<void> {
    await end(this.#child, 'SIGTERM')
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #socket(): string {
    return `ldapi://${encodeURIComponent(join(this.folder, 'ldapi'))}`
  }

  #tool(program: string, argv: readonly string[], input?: string): void {
    execFileSync(program, argv, { stdio: 'pipe', ...(input === undefined ? {} : { input }) })
  }

  #config(): string {
    const who = `gidNumber=${process.getgid?.()}+uidNumber=${process.getuid?.()}`
    const schemas = ['core', 'cosine', 'nis', 'inetorgperson']
    return [
      `dn: cn=config\nobjectClass: olcGlobal\ncn: config\nolcPidFile: ${this.folder}/pid`,
      'dn: cn=module{0},cn=config\nobjectClass: olcModuleList\ncn: module{0}',
      'olcModulePath: /usr/lib/ldap\nolcModuleLoad: back_mdb\nolcModuleLoad: syncprov',
      'dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema',
      ...schemas.map((name) => `include: file:///etc/ldap/schema/${name}.ldif`),
      'dn: olcDatabase={0}config,cn=config\nobjectClass: olcDatabaseConfig\nolcDatabase: {0}config',
      `olcAccess: to * by dn.exact=${who},cn=peercred,cn=external,cn=auth manage by * break`,
      'dn: olcDatabase={1}mdb,cn=config\nobjectClass: olcDatabaseConfig\nobjectClass: olcMdbConfig',
      `olcDatabase: {1}mdb\nolcSuffix: ${this.suffix}\nolcRootDN: ${this.bindDn}`,
      `olcRootPW: ${secret}\nolcDbDirectory: ${this.folder}/db`,
      'dn: olcOverlay={0}syncprov,olcDatabase={1}mdb,cn=config\nobjectClass: olcSyncProvConfig',
      'olcOverlay: {0}syncprov\n',
    ]
      .join('\n')
      .replaceAll(/\n(dn|include): /g, '\n\n$1: ')
  }
}

function succeeds(program: string, argv: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, argv, (error) => resolve(error === null))
  })
}
