// Why this file exists: indexes and spellings change with releases. The database is read by slapcat and written anew
// by slapadd, under another name, so that a kill at any moment leaves the one that was.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Rewriting {
  /** Configurations that name the one database and the other. */
  readonly fromConfig: string
  readonly toConfig: string
  readonly base: string
  readonly renew: (lines: readonly string[]) => readonly string[]
}

const slapcatProgram = '/usr/sbin/slapcat'
const slapaddProgram = '/usr/sbin/slapadd'
/** 100,000 machines take ten seconds. */
const rewriteMillisMax = 600_000
const wordsMax = 2_000
/** Whoever starts again after us must not find them at work. */
const dyingWithUs = ['--pdeathsig', 'KILL']

/** Resolves with the number of entries; rejects with what the two programs said. */
export async function rewriteDatabase(rewriting: Rewriting): Promise<number> {
  const { fromConfig, toConfig, base, renew } = rewriting
  const options = { timeout: rewriteMillisMax, killSignal: 'SIGKILL' } as const
  const read = ['-f', fromConfig, '-b', base, '-o', 'ldif-wrap=no']
  // Quick: nothing is on the disk for certain until it ends, and nobody looks at it until then.
  const write = ['-f', toConfig, '-b', base, '-q', '-w']
  const reading = spawn('setpriv', [...dyingWithUs, slapcatProgram, ...read], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const writing = spawn('setpriv', [...dyingWithUs, slapaddProgram, ...write], {
    ...options,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const ends = [ending('slapcat', reading), ending('slapadd', writing)]
  let count = 0
  const renewed = async function* (ldif: AsyncIterable<Buffer>): AsyncGenerator<string> {
    for await (const lines of entriesOf(ldif)) {
      count += 1
      yield `${renew(lines).join('\n')}\n\n`
    }
  }
  const flowing = pipeline(reading.stdout, renewed, writing.stdin).catch((error: unknown) => error)
  const [trouble] = (await Promise.all(ends)).filter((words) => words !== undefined)
  const broken = await flowing
  if (trouble !== undefined) throw new Error(trouble)
  if (broken instanceof Error) throw broken
  return count
}

/** What is wrong with how it ended, in its own words; `undefined` when nothing is. */
function ending(
  name: string,
  child: ChildProcess & { readonly stderr: Readable },
): Promise<string | undefined> {
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-wordsMax)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => {
      if (status === 0) return resolve(undefined)
      // What it maps into memory has no place on a full disk.
      if (signal === 'SIGBUS') return resolve(`${name} found no room on the disk`)
      const how = signal === null ? `ended with ${status}` : `was ended by ${signal}`
      resolve([`${name} ${how}`, words.trim()].filter((part) => part !== '').join(': '))
    })
  })
}

async function* entriesOf(ldif: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  let lines: string[] = []
  for await (const line of linesOf(ldif)) {
    if (line !== '') lines.push(line)
    else if (lines.length > 0) {
      yield lines
      lines = []
    }
  }
  if (lines.length > 0) yield lines
}

/** LDIF is ASCII: what is not stands in base64. */
async function* linesOf(ldif: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of ldif) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}
