// Why this file exists: `npm run test:conformance` puts the battery to Coppice, to the SUBJECT named, or with `-- --peers`
// to everybody, one after the other, and ends with a table of who kept how much.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { subjects } from './subjects/index.ts'

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

const runner = join(import.meta.dirname, '../run.ts')
const battery = join(import.meta.dirname, 'wire.test.ts')
const differential = join(import.meta.dirname, 'differential/oracle.peers.ts')

/** All subjects, and what reads the same directory as we do. */
const everybody = process.argv.includes('--peers') && process.env['SUBJECT'] === undefined

function put(subject: string, file = battery): Promise<Outcome> {
  const started = performance.now()
  const child = spawn(process.execPath, [runner, file], {
    env: { ...process.env, SUBJECT: subject },
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
        Number(new RegExp(`^. ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? -1)
      resolve({
        subject,
        tests: number('tests'),
        expectedFailures: expectedFailuresIn(output),
        notAsked: number('skipped'),
        failed: code === 0 ? 0 : Math.max(1, number('fail')),
        seconds: (performance.now() - started) / 1000,
      })
    })
  })
}

function expectedFailuresIn(output: string): number {
  return output.split('\n').filter((line) => line.includes('# EXPECTED FAILURE')).length
}

function wanted(): readonly string[] {
  const named = process.env['SUBJECT']
  if (named !== undefined) return [named]
  return everybody ? subjects.map(({ name }) => name) : ['coppice']
}

const outcomes: Outcome[] = []
for (const name of wanted()) {
  const subject = subjects.find((one) => one.name === name)
  const absent = subject?.programs.filter((program) => !existsSync(program)) ?? []
  if (absent.length > 0)
    process.stdout.write(
      `${name}: skipped, needs ${subject?.debianPackage} (${absent.join(' ')})\n`,
    )
  else outcomes.push(await put(name))
}
if (everybody) outcomes.push(await put('same directory', differential))
process.stdout.write(
  '\nsubject             cases  kept  with a reason  not asked  unexplained  seconds\n',
)
for (const { subject, tests, expectedFailures, notAsked, failed, seconds } of outcomes) {
  const kept = tests - expectedFailures - notAsked - failed
  const columns = [tests, kept, expectedFailures, notAsked, failed, Math.round(seconds)]
  const widths = [5, 6, 15, 11, 13, 9]
  const cells = columns.map((value, at) => String(value).padStart(widths[at] ?? 0))
  process.stdout.write(`${subject.padEnd(20)}${cells.join('')}\n`)
}
process.exitCode = outcomes.every(({ failed }) => failed === 0) ? 0 : 1
