// Why this file exists: `npm run test:conformance` puts the battery to Coppice, to the SUBJECT named, or with `-- --peers`
// to everybody, one after the other, and ends with a table of who kept how much.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Subject } from './harness/subject.ts'
import { keptMin } from './reasons.ts'
import { subjects } from './subjects/index.ts'
import { findTftpdHpa } from './tftpd-hpa.ts'

interface Outcome {
  readonly subject: string
  readonly tests: number
  /** With a written reason each. */
  readonly expectedFailures: number
  /** Of a peer that does not answer one packet twice in one way. */
  readonly notAsked: number
  readonly failed: number
  readonly seconds: number
}

const at = (file: string): string => join(import.meta.dirname, file)
const runner = at('../run.ts')
const battery = at('wire.test.ts')
/** What needs several servers at once; each with the packages that hold its programs. */
const gatherings = [
  {
    subject: 'same directory',
    file: at('differential/oracle.peers.ts'),
    debianPackage: 'slapd isc-dhcp-server-ldap pdns-server pdns-backend-ldap',
    programs: ['/usr/sbin/slapd', '/usr/sbin/dhcpd', '/usr/sbin/pdns_server'],
  },
  {
    subject: 'firmware by proxy',
    file: at('firmware/proxy.peers.ts'),
    debianPackage: 'dnsmasq-base qemu-system-x86 ovmf ipxe-qemu',
    programs: [
      '/usr/sbin/dnsmasq',
      '/usr/bin/qemu-system-x86_64',
      '/usr/share/OVMF/OVMF_CODE_4M.fd',
    ],
  },
]

/** All subjects, and what needs several of them. */
const everybody = process.argv.includes('--peers') && process.env['SUBJECT'] === undefined

function put(subject: string, file: string, more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const started = performance.now()
  const child = spawn(process.execPath, [runner, file], {
    env: { ...process.env, ...more, SUBJECT: subject },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
    process.stdout.write(chunk)
  })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const number = (word: string): number =>
        Number(new RegExp(`^. ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)
      resolve({
        subject,
        tests: number('tests'),
        expectedFailures: expectedFailuresIn(output),
        notAsked: number('skipped'),
        failed: code === 0 ? 0 : Math.max(1, number('fail') + number('cancelled')),
        seconds: (performance.now() - started) / 1000,
      })
    })
  })
}

function expectedFailuresIn(output: string): number {
  return output.split('\n').filter((line) => line.includes('# EXPECTED FAILURE')).length
}

function wanted(): readonly Subject[] {
  const named = process.env['SUBJECT'] ?? 'coppice'
  return everybody ? subjects : subjects.filter(({ name }) => name === named)
}

/** Its Debian packages, when a program of it is not there. */
function lacks({ debianPackage, programs }: Pick<Subject, 'debianPackage' | 'programs'>): string[] {
  return programs.every((program) => existsSync(program)) ? [] : debianPackage.split(' ')
}

/**
 * Cases come in any order, and what a peer remembers of one may change what it says to another: it has a second chance.
 * We have none.
 */
async function putFairly(name: string, more: NodeJS.ProcessEnv): Promise<Outcome> {
  const outcome = await put(name, battery, more)
  if (outcome.failed === 0 || name === 'coppice') return outcome
  process.stdout.write(`\n${name} is asked once more, in another order\n`)
  return put(name, battery, more)
}

async function putToAll(): Promise<{ outcomes: readonly Outcome[]; missing: readonly string[] }> {
  const outcomes: Outcome[] = []
  const missing: string[] = []
  for (const subject of wanted()) {
    const hpa = subject.name === 'tftpd-hpa' ? findTftpdHpa() : undefined
    const needs = hpa ? (hpa.path === undefined ? ['tftpd-hpa'] : []) : lacks(subject)
    missing.push(...needs)
    const more = hpa?.path === undefined ? {} : { TFTPD_HPA: hpa.path }
    if (needs.length === 0) outcomes.push(await putFairly(subject.name, more))
    hpa?.forget()
  }
  for (const gathering of everybody ? gatherings : []) {
    const needs = lacks(gathering)
    missing.push(...needs)
    if (needs.length === 0) outcomes.push(await put(gathering.subject, gathering.file))
  }
  return { outcomes, missing }
}

function keptBy({ tests, expectedFailures, notAsked, failed }: Outcome): number {
  return tests - expectedFailures - notAsked - failed
}

/** Each failure has its reason, and there are few enough of them for the battery to be believed. */
function isWell(outcome: Outcome): boolean {
  const { tests, notAsked, failed } = outcome
  return failed === 0 && keptBy(outcome) >= keptMin * (tests - notAsked)
}

const { outcomes, missing } = await putToAll()
process.stdout.write(
  '\nsubject             cases  kept  with a reason  not asked  unexplained  seconds\n',
)
for (const outcome of outcomes) {
  const { subject, tests, expectedFailures, notAsked, failed, seconds } = outcome
  const columns = [tests, keptBy(outcome), expectedFailures, notAsked, failed, Math.round(seconds)]
  const widths = [5, 6, 15, 11, 13, 9]
  const cells = columns.map((value, column) => String(value).padStart(widths[column] ?? 0))
  process.stdout.write(`${subject.padEnd(20)}${cells.join('')}\n`)
}
if (missing.length > 0) {
  const packages = [...new Set(missing)].join(' ')
  process.stdout.write(`\nnot everybody was asked: apt-get install ${packages}\n`)
}
process.exitCode = missing.length === 0 && outcomes.every(isWell) ? 0 : 1
