// Why this file exists: a machine that fails leaves traces in three places (the wire, its console, the appliance); the run
// prints the end of each and says where the rest lies.
import { existsSync, readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { serveLog } from './appliance.ts'
import { run } from './command.ts'
import type { Timeline } from './phases.ts'
import type { MachinePlan, RackPlan } from './plan.ts'
import { consoleLog } from './qemu.ts'
import { startIn } from './start.ts'

const packetsMax = 15
const consoleLinesMax = 30
const trailLinesMax = 15
const applianceLinesMax = 10
const lineCharactersMax = 240

export const captureFile = (plan: RackPlan): string => `${plan.logsDir}/wire.pcap`

/** Names and beginnings of conversations, not their bulk: a boot transfers a hundred megabytes. */
const captureFilter =
  'arp or icmp6 or udp port 67 or udp port 68 or udp port 69 or udp port 53 or (tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0)'

/** On the appliance's cable, from before the first packet. */
export function startCapture(plan: RackPlan): void {
  const quiet = ['-i', 'cable0', '-n', '-U', '-s', '400', '-Z', 'root']
  startIn(
    plan.rackNamespace,
    ['/usr/bin/tcpdump', ...quiet, '-w', captureFile(plan), captureFilter],
    `${plan.logsDir}/tcpdump.log`,
  )
}

export async function evidenceOf(
  plan: RackPlan,
  machine: MachinePlan,
  timeline: Timeline | undefined,
): Promise<string> {
  const packets = await run(['/usr/bin/tcpdump', '-n', '-t', '-r', captureFile(plan)])
  return [
    section('last packets on the wire', packets.stdout, packetsMax),
    section('last things the appliance saw', (timeline?.trail ?? []).join('\n'), trailLinesMax),
    section(`last lines of ${machine.name}'s console`, consoleText(machine), consoleLinesMax),
    section('last lines of the appliance', textOf(serveLog(plan)), applianceLinesMax),
    `the rest: ${plan.logsDir}, ${consoleLog(machine)}`,
  ].join('\n')
}

function section(title: string, text: string, linesMax: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const last = lines.slice(-linesMax).map((line) => `  ${line.slice(0, lineCharactersMax)}`)
  return [`${title}:`, ...(last.length === 0 ? ['  (none)'] : last)].join('\n')
}

/** Firmware paints its screen: what it paints with goes, what it says stays. */
export function consoleText(machine: MachinePlan): string {
  return plainConsole(textOf(consoleLog(machine)))
}

export function plainConsole(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[^\x20-\x7e\n]/g, '')
    .replace(/ {8,}/g, '\n')
}

/** How a loader, a kernel and our own first stage each say that they give up. */
const lastWords =
  /^.*(coppice: FAILED|Kernel panic|Out of memory|not enough memory|Initramfs unpacking failed|Exec format error|Could not boot).*$/gim

/** The reason as the machine itself gave it, which no packet carries; `undefined` when it said none. */
export function verdictOf(console: string): string | undefined {
  return console.match(lastWords)?.at(-1)?.trim().slice(0, lineCharactersMax)
}

/** A kernel says what went wrong, shows its stack, and panics last. */
const panicLines = { before: 40, after: 4 }
const endLines = 12

/** What a console tells of its machine: the last panic with what led to it, and its last lines. Pure. */
export function accountIn(console: string): readonly string[] {
  const lines = console.split('\n').filter(Boolean)
  const end = Math.max(0, lines.length - endLines)
  const panic = lines.findLastIndex((line) => line.includes('Kernel panic'))
  if (panic < 0) return lines.slice(end)
  const [from, to] = [Math.max(0, panic - panicLines.before), panic + 1 + panicLines.after]
  return [...lines.slice(from, to), ...lines.slice(Math.max(to, end))]
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : ''
}
