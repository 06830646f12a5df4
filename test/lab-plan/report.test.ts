// Why this file exists: the table and the verdicts of a run are functions of the appliance's own timelines, and so can be
// wrong without a rack being raised.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#fault'
import { ipmiFiles, shellWord } from '../../src/lab/bmc/ipmi.ts'
import { accountIn, plainConsole, verdictOf } from '../../src/lab/evidence.ts'
import { complaintAbout } from '../../src/lab/fault-run.ts'
import { type LabFault, labFaultTable } from '../../src/lab/faults.table.ts'
import { readOptions } from '../../src/lab/options.ts'
import {
  between,
  missingPhases,
  parseMachines,
  parseTimeline,
  pendingPhase,
  phaseNames,
  type Timeline,
} from '../../src/lab/phases.ts'
import { planRack } from '../../src/lab/plan.ts'
import { phaseTable } from '../../src/lab/table.ts'

const plan = planRack(readOptions({}))
const start = Date.parse('2026-11-21T01:00:00.000Z')

function timeline(machine: string, names: readonly string[]): Timeline {
  const phases = names.map((phase, index) => ({
    phase,
    at: new Date(start + index * 1500).toISOString(),
    sinceMs: 1500,
    detail: phase === 'kernel' ? '14200000 bytes in 812 ms' : '',
  }))
  const parsed = parseTimeline({ machine, boot: 1, state: 'ready', phases, trail: ['seen'] })
  assert.ok(parsed !== undefined)
  return parsed
}

const biosNames = phaseNames.filter((name) => name !== 'loader')

test('the table has a line per step, seconds from power-on, and a dash where a machine has no such step', () => {
  const machines = plan.machines.map((machine) => ({
    plan: machine,
    timeline: timeline(machine.name, machine.firmware === 'bios' ? biosNames : phaseNames),
  }))
  const lines = phaseTable(machines).split('\n')
  assert.equal(lines.length, phaseNames.length + 1)
  assert.match(lines[0] ?? '', /n001 \(BIOS, IPMI\) +n002 \(UEFI, Redfish\)$/)
  assert.match(lines[1] ?? '', /^power-on +0\.0 s +0\.0 s$/)
  assert.match(lines.find((line) => line.startsWith('loader')) ?? '', /^loader +- +4\.5 s$/)
  assert.match(
    lines.find((line) => line.startsWith('kernel')) ?? '',
    /6\.0 s {2}14200000 bytes in 812 ms/,
  )
})

test('a step that did not come is missing, for UEFI the loader too, and is what a late machine hangs in', () => {
  const whole = timeline('n001', biosNames)
  assert.deepEqual(missingPhases(whole, 'bios'), [])
  assert.deepEqual(missingPhases(whole, 'uefi'), ['loader'])
  assert.equal(pendingPhase(timeline('n001', biosNames.slice(0, 5)), 'bios'), 'initrd')
  assert.equal(pendingPhase(undefined, 'bios'), 'power-on')
  assert.equal(between(whole, 'power-on', 'script'), 4500)
})

test('of a console are shown its last lines, and of a kernel that gave up what led to it, though it has booted since', () => {
  const lines = (what: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${what} ${index}`)
  const quiet = lines('boot', 100)
  assert.deepEqual(accountIn(quiet.join('\n')), quiet.slice(-12))
  const fallen = [...quiet, 'BUG: here', ...lines('stack', 39), 'Kernel panic - not syncing']
  const account = accountIn([...fallen, ...lines('again', 50)].join('\n'))
  assert.equal(account[0], 'BUG: here')
  assert.equal(account.at(-1), 'again 49')
  assert.ok(account.includes('Kernel panic - not syncing') && account.includes('again 3'))
  assert.equal(new Set(account).size, account.length)
  assert.equal(accountIn(fallen.join('\n')).at(-1), 'Kernel panic - not syncing')
})

test('what is no timeline or list is not taken for an empty one', () => {
  for (const value of [null, [], {}, 'x', { machine: 'n001' }, { phases: [] }])
    assert.equal(parseTimeline(value), undefined)
  assert.equal(parseMachines({ machines: [] }), undefined)
  assert.deepEqual(parseMachines([{ name: 'n001', state: 'failed', reason: 'no BMC', macs: [] }]), [
    { name: 'n001', state: 'failed', reason: 'no BMC' },
  ])
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void [parseTimeline(value), parseMachines(value)]),
  )
})

test('what a machine says of itself cannot write escape sequences into the table or the evidence', () => {
  const console = plainConsole('\u001b[2J\u001b[01;01HiPXE\r\nnet0: \u0007up\u001b[0m')
  assert.equal(console, 'iPXE\nnet0: up')
})

for (const [console, verdict] of [
  ['coppice: kvm\ncoppice: FAILED trust: the CA of http://10.77.0.1 differs\nhalt', /FAILED trust/],
  [
    'a\n[ 1.2] Kernel panic - not syncing: System is deadlocked on memory\nb',
    /deadlocked on memory/,
  ],
  [
    'vmlinuz... ok\nCould not boot: Exec format error (http://ipxe.org/2e008081)',
    /Exec format error/,
  ],
] as const) {
  test(`a machine's own last word is found on its console: ${String(verdict)}`, () => {
    assert.match(verdictOf(console) ?? '', verdict)
  })
}

test('a console without a complaint gives no verdict', () => {
  assert.equal(verdictOf('coppice: ready\n'), undefined)
})

const explained = new Fault('CPC-LAB-007', {
  what: 'n001',
  where: 'logs',
  why: 'the kernel is noise',
  todo: 'look',
})
const row = (ends: LabFault['ends'], says: readonly string[] = []): LabFault => ({
  name: 'x',
  promise: 'x',
  breaks: { kind: 'dead-bmc' },
  ends,
  says,
  deadlineSeconds: 1,
  usual: false,
})
for (const [sentence, fault, ending, kept] of [
  ['a run that completes keeps "complete"', row('complete'), { elapsedMs: 1 }, true],
  ['a run that completes does not keep "explained"', row('explained'), { elapsedMs: 1 }, false],
  [
    'an explanation keeps "explained"',
    row('explained', ['KERNEL']),
    { elapsedMs: 1, fault: explained },
    true,
  ],
  [
    'an explanation of something else does not',
    row('explained', ['67']),
    { elapsedMs: 1, fault: explained },
    false,
  ],
  [
    'an explanation does not keep "complete"',
    row('complete'),
    { elapsedMs: 1, fault: explained },
    false,
  ],
  ['either ending keeps "either"', row('either'), { elapsedMs: 1, fault: explained }, true],
  ['an ending after the deadline keeps nothing', row('either'), { elapsedMs: 600_000 }, false],
] as const) {
  test(sentence, () => assert.equal(complaintAbout(fault, ending) === undefined, kept))
}

test('each fault has a name of its own, and each service can be killed after each step', () => {
  const names = labFaultTable.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const victim of ['wire', 'core', 'slapd', 'machine'])
    for (const phase of phaseNames.slice(0, -1))
      assert.ok(names.includes(`kill-${victim}-after-${phase}`))
})

test('no word changes the structure of the shell line that ipmi_sim runs', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'grapheme-ascii' }).map((word) => word.replaceAll('\0', '')),
        { maxLength: 4 },
      ),
      (words) => {
        const script = `for word in ${words.map(shellWord).join(' ')}; do printf '%s\\0' "$word"; done`
        const out = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })
        assert.deepEqual(out.split('\0').slice(0, -1), words)
      },
    ),
    { numRuns: 40 },
  )
})

test('HOSTILE 70: the emulated IPMI board takes no password in the clear, and no name can break its file', () => {
  const [machine] = plan.machines
  assert.ok(machine !== undefined)
  const settings = {
    user: 'admin',
    secret: 'abc',
    chassisProgram: '/x/chassis',
    powerFile: '/x/power',
  }
  const { lan } = ipmiFiles(machine, settings, ['node'])
  assert.doesNotMatch(lan, /straight|none/)
  assert.throws(() => ipmiFiles(machine, { ...settings, secret: 'a"\nb' }, ['node']), TypeError)
})
