// Why this file exists: older BMCs speak IPMI only, whose key exchange is best left to ipmitool. It is started with
// an argument list, never by a shell, and gets its password from a file that nobody else can read.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Credentials, PowerLine, PowerState } from './controller.ts'
import { oneLine, trouble } from './troubles.ts'

export interface IpmiOptions {
  readonly host: string
  readonly port: number
  readonly cipher: number
  readonly credentials?: Credentials
  /** Where the password lies for the moment of a command; on a file system in memory if there is one. */
  readonly secretFolder: string
}

/** Where Debian puts it; PATH of a service is nobody's promise. */
const program = '/usr/bin/ipmitool'
const answerBytesMax = 64 * 1024
/** What -v says of itself. */
const chatter = /^(Loading IANA|Running Get|Discovered IPMB).*$/gm

export function ipmiLine(options: IpmiOptions): PowerLine {
  const run = (words: readonly string[], deadline: AbortSignal) => command(options, words, deadline)
  return {
    status: async (deadline) =>
      stateOf(options, await run(['chassis', 'power', 'status'], deadline)),
    switch: async (to, deadline) => {
      await run(['chassis', 'power', to], deadline)
    },
    setBootOnce: async (deadline) => {
      await run(['chassis', 'bootdev', 'pxe'], deadline)
    },
  }
}

/** HOSTILE 70: whether the BMC lets anybody in by cipher suite 0; for lint and doctor. */
export async function acceptsCipherZero(
  options: IpmiOptions,
  deadline: AbortSignal,
): Promise<boolean> {
  // A BMC with this hole looks at the name only; the real password stays here.
  const credentials = { user: options.credentials?.user ?? '', secret: { reveal: () => 'none' } }
  const unsafe = { ...options, cipher: 0, credentials }
  const answer = await command(unsafe, ['chassis', 'power', 'status'], deadline).catch(() => '')
  return /Chassis Power is (on|off)/.test(answer)
}

function stateOf(options: IpmiOptions, answer: string): PowerState {
  const state = /^Chassis Power is (on|off)$/m.exec(answer)?.[1]
  if (state === 'on' || state === 'off') return state
  throw trouble('CPC-POW-007', addressOf(options), `its power status is ${oneLine(answer)}`)
}

async function command(
  options: IpmiOptions,
  words: readonly string[],
  deadline: AbortSignal,
): Promise<string> {
  const { credentials } = options
  if (!credentials) {
    throw trouble('CPC-POW-006', addressOf(options), 'no user and password are stored for it')
  }
  const folder = mkdtempSync(join(options.secretFolder, 'ipmi-'))
  try {
    const file = join(folder, 'password')
    writeFileSync(file, credentials.secret.reveal(), { mode: 0o600 })
    const where = argumentsOf(options, credentials.user, file)
    return await run(options, [...where, ...words], deadline)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function argumentsOf({ host, port, cipher }: IpmiOptions, user: string, file: string): string[] {
  const where = ['-I', 'lanplus', '-C', String(cipher), '-H', host, '-p', String(port)]
  // Only with -v does it tell a wrong password from silence. Once a second, three times: the deadline is ours.
  return [...where, '-U', user, '-f', file, '-N', '1', '-R', '3', '-v']
}

function run(
  options: IpmiOptions,
  args: readonly string[],
  deadline: AbortSignal,
): Promise<string> {
  const env = { LC_ALL: 'C', HOME: '/' }
  const limits = { signal: deadline, maxBuffer: answerBytesMax, killSignal: 'SIGKILL' } as const
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { ...limits, env }, (error, out, complaint) => {
      if (!error) return resolve(out)
      reject(deadline.aborted ? error : refusalOf(options, error, complaint))
    })
    // Without a password it would ask for one and wait.
    child.stdin?.end()
  })
}

function refusalOf(options: IpmiOptions, error: Error, complaint: string): Error {
  const where = addressOf(options)
  if ('code' in error && error.code === 'ENOENT') {
    return trouble('CPC-POW-008', where, `${program} is not there`, error)
  }
  const words = oneLine(complaint.replaceAll(chatter, '')) || 'it failed without a word'
  if (/HMAC is invalid|unauthorized name|invalid user ?name|password/i.test(words)) {
    return trouble('CPC-POW-006', where, words, error)
  }
  const isSilent = /Unable to establish|No response|timed? ?out/i.test(words)
  return trouble(isSilent ? 'CPC-POW-001' : 'CPC-POW-002', where, words, error)
}

function addressOf({ host, port }: IpmiOptions): string {
  return `ipmi://${host.includes(':') ? `[${host}]` : host}:${port}`
}
