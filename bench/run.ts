// Why this file exists: `npm run bench -- ldap` measures us and the peers on one machine in one run. A figure without its
// peer says more about the machine than about us.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Bench, type BenchOptions, type Report } from './harness/bench.ts'
import { machineLine } from './harness/machine.ts'
import { missedIn, reportText } from './harness/report.ts'
import { ldapBench } from './ldap/index.ts'

/** All names of the contract; those without a bench are refused by name, never passed over. */
const benches: Readonly<Record<string, Bench | undefined>> = {
  dns: undefined,
  dhcp: undefined,
  tftp: undefined,
  http: undefined,
  ldap: ldapBench,
  plan: undefined,
  boot: undefined,
}
const usage = `usage: npm run bench -- [${Object.keys(benches).join(' ')}] [--rounds N] [--sizes N,N] [--changes N] [--undisturbed] [--json FILE]`

function refuse(why: string): never {
  process.stderr.write(`${why}\n${usage}\n`)
  process.exit(2)
}

function wanted(names: readonly string[]): readonly (readonly [string, Bench])[] {
  const all = names.length > 0 ? names : Object.keys(benches).filter((name) => benches[name])
  return all.map((name) => {
    if (!(name in benches)) refuse(`there is no bench ${name}`)
    const bench = benches[name]
    return bench ? [name, bench] : refuse(`the bench ${name} is not there yet`)
  })
}

function whole(text: string, what: string, max: number): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= max ? value : refuse(`--${what}: a number from 1 to ${max}`)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '1000,10000,100000' },
    changes: { type: 'string', default: '200' },
    undisturbed: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
const options: BenchOptions = {
  rounds: whole(values.rounds, 'rounds', 100),
  sizes: values.sizes.split(',').map((size) => whole(size, 'sizes', 1_000_000)),
  changes: whole(values.changes, 'changes', 100_000),
  isUndisturbed: values.undisturbed,
  note: (line) => void process.stderr.write(`${line}\n`),
}

const reports: Report[] = []
for (const [name, bench] of wanted(positionals)) {
  const figures = await bench(options)
  const report = { bench: name, machine: machineLine(), options, figures }
  reports.push(report)
  process.stdout.write(reportText(report))
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify(reports, undefined, 2)}\n`)

const missed = reports.flatMap(missedIn)
for (const line of missed) process.stderr.write(`missed: ${line}\n`)
if (missed.length > 0) process.exitCode = 1
