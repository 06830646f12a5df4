// Why this file exists: `npm run soak` holds an appliance under change and killings for as long as you say, by hand, and
// writes what it measured into SPECIFICATION.md. It wants root, slapd and dig.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } })
const minutes = Math.min(Math.max(Number(values.minutes) || 60, 1), 24 * 60)

const namespace = `coppice-soak-${process.pid}`
const folder = mkdtempSync(join(tmpdir(), 'coppice-soak-'))
const data = join(folder, 'data')
const base = 'dc=soak,dc=test'
const killEveryMs = 20_000
const changeEveryMs = 1_000
const answerMsMax = 15_000
const children = ['wire', 'core', 'slapd', 'ganesha'] as const

interface Figures {
  readonly changeMs: number[]
  readonly killedMs: Record<string, number[]>
  readonly rssKib: Record<string, number[]>
}
const figures: Figures = { changeMs: [], killedMs: {}, rssKib: {} }

async function inNamespace(...words: string[]): Promise<string> {
  const { stdout } = await run('ip', ['netns', 'exec', namespace, ...words])
  return stdout
}

async function answerOf(name: string): Promise<string> {
  const words = ['+short', '+time=1', '+tries=1', '@10.79.0.1', `${name}.soak.test`]
  return (await inNamespace('dig', ...words).catch(() => '')).trim()
}

/** Milliseconds until the answer is as wanted. */
async function until(wanted: () => Promise<boolean>): Promise<number> {
  const from = performance.now()
  while (performance.now() - from < answerMsMax) {
    if (await wanted()) return performance.now() - from
    await pause(10)
  }
  throw new Error(`not as wanted within ${answerMsMax} ms`)
}

function ldif(name: string, address: string, verb: 'add' | 'replace'): string {
  const dn = `dn: cn=${name},ou=machines,${base}\n`
  if (verb === 'replace')
    return `${dn}changetype: modify\nreplace: ipHostNumber\nipHostNumber: ${address}\n`
  const classes = ['device', 'ipHost', 'ieee802Device']
    .map((one) => `objectClass: ${one}\n`)
    .join('')
  return `${dn}changetype: add\n${classes}cn: ${name}\nipHostNumber: ${address}\nmacAddress: 52:54:00:79:00:01\n`
}

async function modify(text: string): Promise<void> {
  const file = join(folder, 'change.ldif')
  writeFileSync(file, text)
  const admin = ['-x', '-D', `cn=admin,${base}`, '-y', join(data, 'ldap-admin.secret')]
  await inNamespace('ldapmodify', '-H', 'ldap://127.0.0.1:3890', ...admin, '-f', file)
}

function pidOf(child: string): number {
  return Number(readFileSync(join(data, 'run', `${child}.pid`), 'utf8'))
}

function note(into: Record<string, number[]>, key: string, value: number): void {
  ;(into[key] ??= []).push(value)
}

function sampleMemory(): void {
  for (const child of children) {
    const status = readFileSync(`/proc/${pidOf(child)}/status`, 'utf8')
    note(figures.rssKib, child, Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0))
  }
}

async function changeOnce(round: number): Promise<void> {
  const address = `10.79.0.${10 + (round % 200)}`
  await modify(ldif('m1', address, round === 0 ? 'add' : 'replace'))
  figures.changeMs.push(await until(async () => (await answerOf('m1')) === address))
}

async function killOnce(round: number): Promise<void> {
  const child = children[round % children.length] ?? 'wire'
  const before = pidOf(child)
  process.kill(before, 'SIGKILL')
  const back = async (): Promise<boolean> =>
    pidOf(child) !== before && (await answerOf('m1')) !== ''
  note(figures.killedMs, child, await until(back))
  // A change right after it must show: what was killed has found its place again.
  await until(() =>
    modify(ldif('m1', '10.79.0.9', 'replace')).then(
      () => true,
      () => false,
    ),
  )
  await until(async () => (await answerOf('m1')) === '10.79.0.9')
}

function spread(list: readonly number[] = []): string {
  const sorted = list.toSorted((one, other) => one - other)
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0)
  return `${at(0)} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${list.length}`
}

function report(): string {
  const rows = [
    `| LDAP change → next DNS answer is right, ms | ${spread(figures.changeMs)} |`,
    ...Object.entries(figures.killedMs).map(
      ([child, list]) => `| kill -9 of ${child} → answering again, ms | ${spread(list)} |`,
    ),
    ...Object.entries(figures.rssKib).map(
      ([child, list]) => `| memory of ${child}, KiB | ${spread(list)} |`,
    ),
  ]
  return [
    `${minutes} minutes, ${new Date().toISOString().slice(0, 10)}.`,
    '',
    '| what | min | median | p99 | max | n |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function writeReport(text: string): void {
  const path = join(root, 'SPECIFICATION.md')
  const [from, to] = ['<!-- soak -->', '<!-- /soak -->']
  const before = readFileSync(path, 'utf8')
  const start = before.indexOf(from) + from.length
  writeFileSync(path, `${before.slice(0, start)}\n${text}\n${before.slice(before.indexOf(to))}`)
}

async function raise(): Promise<() => Promise<void>> {
  await run('ip', ['netns', 'add', namespace])
  for (const words of [
    'link set lo up',
    'link add prov0 type veth peer name far0',
    'address add 10.79.0.1/24 dev prov0',
    'link set prov0 up',
    'link set far0 up',
  ]) {
    await run('ip', ['-n', namespace, ...words.split(' ')])
  }
  const config = join(folder, 'coppice.yaml')
  const directory = `directory: { embedded: { listen: 127.0.0.1:3890, base: "${base}" } }`
  writeFileSync(config, `version: 1\ndomain: soak.test\ninterfaces: [prov0]\n${directory}\n`)
  const program = ['netns', 'exec', namespace, join(root, 'bin/coppice')]
  const serving = spawn('ip', [...program, 'serve', '--config', config, '--data', data], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise((resolve, reject) => {
    serving.stdout.once('data', resolve)
    serving.once('exit', () => reject(new Error('serve ended before it was ready')))
  })
  return async () => {
    const gone = new Promise((resolve) => serving.once('exit', resolve))
    serving.kill('SIGTERM')
    await gone
    await run('ip', ['netns', 'del', namespace])
    rmSync(folder, { recursive: true, force: true })
  }
}

const takeDown = await raise()
try {
  const endAt = performance.now() + minutes * 60_000
  let killAt = performance.now() + killEveryMs
  for (let round = 0, kills = 0; performance.now() < endAt; round += 1) {
    await changeOnce(round)
    sampleMemory()
    if (performance.now() >= killAt) {
      await killOnce(kills)
      kills += 1
      killAt = performance.now() + killEveryMs
    }
    await pause(changeEveryMs)
  }
  writeReport(report())
  process.stdout.write(`${report()}\n`)
} finally {
  await takeDown()
}
