// Why this file exists: whoever has root in a node can try what tenants must not do; the way in is the serial console, as a
// person would use it, since a node has no other that does not go through its network.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { Fault } from '#fault'
import { orderArgv } from '../appliance.ts'
import { until } from '../processes.ts'
import type { LabRun } from '../run.ts'
import { oneLine } from './promise.ts'
import type { SeenVcn } from './views.ts'

export interface Inside {
  readonly exit: number
  /** Both streams of the script; lines of the kernel may stand between. */
  readonly text: string
}

/** A node in an emulated host takes its time before somebody listens at its console. */
const readyMsMax = 120_000
const askAgainMs = 4000
const consoleSecondsMax = 900
const textBytesMax = 4 * 1024 * 1024

type Place = Pick<LabRun, 'plan' | 'signal'>

/** Runs the script by root's shell there. No line of it may hold a tab, which completes words. */
export async function insideNode(
  place: Place,
  vcn: SeenVcn,
  script: string,
  deadlineMs: number,
): Promise<Inside> {
  const words = ['vcn', 'console', vcn.fullName, '--seconds', String(consoleSecondsMax)]
  const [program = '', ...rest] = orderArgv(place.plan, words)
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], signal: place.signal })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  const heard = listen(child)
  try {
    const token = `coppice-${process.hrtime.bigint()}`
    const isReady = (): boolean => heard.text().includes(`${token}-3-ready`)
    let askedAt = -askAgainMs
    const isListening = (): boolean => {
      if (performance.now() - askedAt > askAgainMs) {
        child.stdin.write(`\necho ${token}-$((1+2))-ready\n`)
        askedAt = performance.now()
      }
      return isReady() || heard.isOver()
    }
    await until(isListening, readyMsMax)
    if (!isReady()) throw silent(vcn, words, heard)
    child.stdin.write(typed(script, token))
    await until(() => outcome(heard.text(), token) !== undefined || heard.isOver(), deadlineMs)
    const found = outcome(heard.text(), token)
    if (found === undefined) throw silent(vcn, words, heard)
    return found
  } finally {
    child.kill('SIGKILL')
  }
}

/** What a person would type. Its own echo never looks like an answer: sums are written out there. */
export function typed(script: string, token: string): string {
  const file = '/tmp/lab-script'
  return [
    `cat >${file} <<'END-OF-SCRIPT'`,
    ...script.split('\n'),
    'END-OF-SCRIPT',
    `sh ${file} >${file}.out 2>&1; code=$?; echo; echo ${token}-$((2+2))-begin; cat ${file}.out; echo; echo ${token}-$((2+3))-end $code`,
    '',
  ].join('\n')
}

/** `undefined`: it has not ended. Pure. */
export function outcome(heard: string, token: string): Inside | undefined {
  const begin = heard.indexOf(`${token}-4-begin`)
  const end = new RegExp(`${token}-5-end (\\d+)`).exec(heard)
  if (begin < 0 || end === null) return undefined
  const from = heard.indexOf('\n', begin) + 1
  return { exit: Number(end[1]), text: heard.slice(from, end.index).trim() }
}

interface Heard {
  readonly text: () => string
  readonly said: () => string
  readonly isOver: () => boolean
}

function listen(child: ChildProcessWithoutNullStreams): Heard {
  let [text, said, isOver] = ['', '', false]
  child.stdout.on('data', (part: Buffer) => {
    text = (text + part.toString('latin1')).slice(-textBytesMax)
  })
  child.stderr.on('data', (part: Buffer) => {
    said = (said + part.toString()).slice(-textBytesMax)
  })
  child.once('close', () => (isOver = true))
  return {
    text: () => stripVTControlCharacters(text).replaceAll('\r', ''),
    said: () => said,
    isOver: () => isOver,
  }
}

const lastCharactersMax = 600

function silent({ fullName }: SeenVcn, words: readonly string[], heard: Heard): Fault {
  const last = heard.text().slice(-lastCharactersMax)
  return new Fault('CPC-LAB-020', {
    what: `nothing could be learned from inside ${fullName}`,
    where: `coppice ${words.join(' ')}`,
    why: `${oneLine(heard.said())}; its console last said: ${oneLine(last) || 'nothing'}`,
    todo: 'look at that console with a terminal',
  })
}
