// Why this file exists: the parent's side of the tool process: it starts one for each job, waits no longer than the job may
// take, and turns every way in which it can fail into one fault.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { lstatSync, realpathSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { Fault } from '#fault'
import { type ImageFormat, type ImageTools, type Inspection, readInspection } from '#vocluster'
import { type HashAnswer, parseLine, readHashAnswer } from './job.ts'
import { codeFolder, type Sandbox, sandbox, sandboxedArgv } from './sandbox.ts'

export type ToolJob =
  | { readonly kind: 'inspect'; readonly path: string; readonly format: ImageFormat }
  | { readonly kind: 'hash'; readonly path: string }

export interface ToolOptions {
  /** Node with its options, as this process was started. */
  readonly node: readonly [string, ...string[]]
  readonly asRoot: boolean
  readonly limits?: Sandbox
  readonly inspectMsMax?: number
  /** The tool's own file; another one in tests. */
  readonly script?: string
}

const inspectMsMax = 20_000
/** 1 TiB at 100 MB/s takes three hours. */
const hashMsMax = 4 * 3600 * 1000
const hashCpuSecondsMax = 3600
const answerBytesMax = 64 * 1024
const complaintBytesMax = 2000

const ownScript = join(dirname(import.meta.dirname), `tool${extname(import.meta.filename)}`)
const projectRoot = dirname(dirname(import.meta.dirname))

export function imageTools(options: ToolOptions): ImageTools {
  const limits = options.limits ?? sandbox
  return {
    async inspect(path, format): Promise<Inspection> {
      const deadlineMs = options.inspectMsMax ?? inspectMsMax
      const answer = await ask(options, { kind: 'inspect', path, format }, { limits, deadlineMs })
      return readInspection(answer) ?? mute(path, 'its answer is none that it may give')
    },
    async hash(path): Promise<HashAnswer> {
      const longer = { ...limits, cpuSecondsMax: hashCpuSecondsMax }
      const bounds = { limits: longer, deadlineMs: hashMsMax }
      const answer = await ask(options, { kind: 'hash', path }, bounds)
      return readHashAnswer(answer) ?? mute(path, 'its answer is none that it may give')
    },
  }
}

interface Bounds {
  readonly limits: Sandbox
  readonly deadlineMs: number
}

async function ask(options: ToolOptions, job: ToolJob, bounds: Bounds): Promise<unknown> {
  const { node, asRoot, script = ownScript } = options
  const readable = [job.path, ...codeFolders(codeFolder(projectRoot)), script]
  const [program = '', ...rest] = sandboxedArgv({ node, script, readable, asRoot }, bounds.limits)
  // Nothing of our surroundings is its business but where programs are.
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' })
  const ending = await untilEnd(child, job, bounds.deadlineMs)
  if (ending.why !== undefined) return mute(job.path, ending.why)
  return parseLine(ending.output)
}

/** Packages may lie elsewhere, behind a link: permission counts where a file really is. */
function codeFolders(folder: string): readonly string[] {
  const packages = join(folder, 'node_modules')
  const isLink = lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink ? [folder, realpathSync(packages)] : [folder]
}

interface Ending {
  readonly output: string
  readonly why?: string
}

function untilEnd(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  job: ToolJob,
  deadlineMs: number,
): Promise<Ending> {
  const output = gather(child.stdout, answerBytesMax, () => child.kill('SIGKILL'))
  const complaint = gather(child.stderr, complaintBytesMax, () => undefined)
  // It may end before it has read its job; then its end says why.
  child.stdin.on('error', () => undefined)
  child.stdin.end(`${JSON.stringify(job)}\n`)
  return new Promise((resolve) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, deadlineMs)
    child.once('error', (error) => {
      clearTimeout(timer)
      resolve({ output: '', why: error.message })
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const why = late ? `it took longer than ${deadlineMs / 1000} s` : wordsFor(code, signal)
      if (why === undefined) resolve({ output: output() })
      else resolve({ output: '', why: `${why} ${sentenceIn(complaint())}`.trimEnd() })
    })
  })
}

function wordsFor(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `it was ended by ${signal}`
  return code === 0 ? undefined : `it ended with status ${code}`
}

/** What the stream has said so far, up to a limit; `onTooMuch` when it says more. */
function gather(stream: Readable, bytesMax: number, onTooMuch: () => void): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (piece: string) => {
    if (text.length + piece.length > bytesMax) onTooMuch()
    text = (text + piece).slice(0, bytesMax)
  })
  return () => text
}

/** Node prints the place and the source first; the line that names the error says more. */
function sentenceIn(text: string): string {
  const lines = text.trim().split('\n')
  return lines.find((line) => /^\w*Error/.test(line)) ?? lines[0] ?? ''
}

function mute(path: string, why: string): never {
  throw new Fault('CPC-IMG-013', {
    what: 'the image could not be looked at',
    where: path,
    why: `the tool process gave no answer: ${why}`,
    todo: 'push again; if it stays so, look whether prlimit, setpriv and unshare are installed',
  })
}
