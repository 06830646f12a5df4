// Why this file exists: what the embedded directory promises, it promises to the programs that people use: ldapsearch,
// ldapadd and their kin, with the arguments that a person would type.
import { execFile } from 'node:child_process'
import { needs } from '../needs.ts'
import type { RealSlapd } from './real-slapd.ts'

export interface Said {
  readonly status: number
  readonly out: string
  /** Warnings about the test's own files left out. */
  readonly words: string
}

export const slapdAndTools = needs('slapd ldap-utils', '/usr/sbin/slapd', '/usr/bin/ldapsearch')

const toolMillisMax = 10_000

/** Never rejects: that a program refuses is often the promise. */
export function tool(argv: readonly string[], input = '', env = {}): Promise<Said> {
  const [program = '', ...rest] = argv
  const { promise, resolve } = Promise.withResolvers<Said>()
  const options = { timeout: toolMillisMax, env: { PATH: '/usr/bin:/usr/sbin', ...env } }
  const child = execFile(program, rest, options, (error, out, words) => {
    const code = error?.code
    resolve({ status: typeof code === 'number' ? code : error === null ? 0 : -1, out, words })
  })
  // A program that is gone already reads nothing.
  child.stdin?.on('error', () => undefined).end(input)
  return promise
}

export type Who = 'admin' | 'reader' | 'nobody' | { readonly dn: string; readonly password: string }

export function signedIn(server: RealSlapd, who: Who): string[] {
  const { urls, adminDn, secretFile, readerDn, readerSecretFile } = server.prepared
  const at = ['-x', '-H', urls[1]]
  switch (who) {
    case 'admin':
      return [...at, '-D', adminDn, '-y', secretFile]
    case 'reader':
      return [...at, '-D', readerDn, '-y', readerSecretFile]
    case 'nobody':
      return at
    default:
      return [...at, '-D', who.dn, '-w', who.password]
  }
}

export function search(server: RealSlapd, who: Who, ...words: readonly string[]): Promise<Said> {
  const quiet = ['-LLL', '-o', 'ldif-wrap=no']
  return tool(['ldapsearch', ...signedIn(server, who), ...quiet, '-b', server.base, ...words])
}

export function modify(server: RealSlapd, who: Who, ldif: string): Promise<Said> {
  return tool(['ldapmodify', '-a', ...signedIn(server, who)], ldif)
}

export function machineLdif(server: { readonly base: string }, name: string, more = ''): string {
  const classes = ['device', 'ieee802Device', 'ipHost'].map((one) => `objectClass: ${one}\n`)
  return `dn: cn=${name},ou=machines,${server.base}\n${classes.join('')}cn: ${name}\n${more}`
}
