// Why this file exists: each process of the appliance may die at any moment; its keeper starts it again, waits
// a little longer each time, and gives up with a reason instead of spinning for ever.
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { Fault, type FaultText, findFaultCode } from '#fault'

export const restartDelayMsMin = 100
export const restartDelayMsMax = 5_000
/** So many deaths within the window end the appliance: something is wrong that a restart does not cure. */
export const deathsMax = 20
export const deathWindowMs = 60_000
export const stopDeadlineMs = 8_000

export interface ChildSpec {
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  readonly pidFile: string
  /** How it says that it is ready: by a message over IPC, or by a probe that we repeat. */
  readonly ready: 'message' | (() => Promise<boolean>)
  readonly readyDeadlineMs: number
  /** The appliance serves without it, and says so. */
  readonly isOptional?: boolean
  /** So it does for now: it goes on being tried. */
  readonly mayStartLater?: boolean
  /** Runs before each start; when it fails, that is a death as well. */
  readonly beforeStart?: () => Promise<void>
  /** For whoever has to do with it beside its keeper. */
  readonly whenMade?: (child: Child) => void
}

export interface ChildHooks {
  readonly log: (line: string) => void
  /** It will not be started again. */
  readonly onGivenUp: (fault: Fault) => void
}

/** One supervised process. */
export class Child {
  readonly #spec: ChildSpec
  readonly #hooks: ChildHooks
  #process: ChildProcess | undefined
  #deaths: number[] = []
  #delayMs = restartDelayMsMin
  #stopping = false
  /** It is away because we want it so. */
  #resting = false
  #beginning: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(spec: ChildSpec, hooks: ChildHooks) {
    this.#spec = spec
    this.#hooks = hooks
    spec.whenMade?.(this)
  }

  /** Resolves when it is ready; rejects with its own fault when it dies before. */
  async start(): Promise<void> {
    try {
      await this.#begin()
    } catch (error) {
      if (this.#spec.mayStartLater !== true) {
        this.#stopping = true
        clearTimeout(this.#timer)
        this.#process?.kill('SIGKILL')
        throw error
      }
      this.#goOnTrying(error)
    }
  }

  /** Ends it in order, does what must not happen while it runs, and starts it again whatever came of that. */
  async whileStopped(work: () => void): Promise<void> {
    this.#resting = true
    clearTimeout(this.#timer)
    try {
      await this.#beginning
      await this.#end()
      work()
    } finally {
      this.#process = undefined
      this.#resting = false
      if (!this.#stopping) await this.#begin().catch((error: unknown) => this.#goOnTrying(error))
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    await this.#end()
    rmSync(this.#spec.pidFile, { force: true })
  }

  async #begin(): Promise<void> {
    await this.#spec.beforeStart?.()
    if (!this.#stopping) await this.#untilReady(this.#spawn())
  }

  #goOnTrying(error: unknown): void {
    const { name } = this.#spec
    // Who has died is being started again already.
    if (this.#process === undefined) this.#died(`could not begin (${reasonOf(error)})`)
    this.#hooks.log(`warning: for now without ${name}`)
  }

  async #end(): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs)
    await gone
    clearTimeout(late)
  }

  #spawn(): ChildProcess {
    const { argv, name, ready } = this.#spec
    const [program, ...rest] = argv
    // Detached: a signal to our group (Ctrl-C) reaches us alone, and we stop them in order.
    const stdio = ['ignore', 'inherit', 'inherit'] as const
    const child =
      ready === 'message'
        ? spawn(program, rest, { stdio: [...stdio, 'ipc'], detached: true })
        : spawn(program, rest, { stdio: [...stdio], detached: true })
    this.#process = child
    if (child.pid !== undefined) this.#note(child.pid)
    child.once('error', (error) =>
      this.#hooks.log(`${name} could not be started: ${error.message}`),
    )
    child.once('exit', (code, signal) =>
      this.#died(`ended with ${signal === null ? `exit status ${code}` : `signal ${signal}`}`),
    )
    return child
  }

  /** On a full disk it runs all the same. */
  #note(pid: number): void {
    try {
      writeFileSync(this.#spec.pidFile, `${pid}\n`)
    } catch (error) {
      this.#hooks.log(`warning: ${this.#spec.name} runs without its pid file: ${reasonOf(error)}`)
    }
  }

  async #startAgain(): Promise<void> {
    try {
      await this.#spec.beforeStart?.()
    } catch (error) {
      return this.#died(`could not begin (${reasonOf(error)})`)
    }
    if (!this.#stopping && !this.#resting) this.#spawn()
  }

  #died(how: string): void {
    if (this.#stopping || this.#resting) return
    const { name } = this.#spec
    const now = Date.now()
    this.#deaths = [...this.#deaths.filter((at) => now - at < deathWindowMs), now]
    if (this.#deaths.length === 1) this.#delayMs = restartDelayMsMin
    if (this.#deaths.length >= deathsMax) {
      this.#stopping = true
      return this.#hooks.onGivenUp(
        new Fault('CPC-SRV-003', {
          what: `${name} keeps dying`,
          where: `serve, child ${name}`,
          why: `it died ${deathsMax} times within ${deathWindowMs / 1000} s; the last time it ${how}`,
          todo: `read ${name}'s last lines above, mend that, and start the appliance again`,
        }),
      )
    }
    this.#hooks.log(`${name} ${how}; starting it again in ${this.#delayMs} ms`)
    this.#timer = setTimeout(() => {
      this.#beginning = this.#startAgain()
    }, this.#delayMs)
    this.#delayMs = Math.min(this.#delayMs * 2, restartDelayMsMax)
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const { name, ready, readyDeadlineMs } = this.#spec
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(
          new Fault('CPC-SRV-002', {
            what: `${name} did not become ready`,
            where: `serve, child ${name}`,
            why: `no sign of it within ${readyDeadlineMs / 1000} s`,
            todo: `read ${name}'s lines above`,
          }),
        )
      }, readyDeadlineMs)
      const done = (action: () => void) => (): void => {
        clearTimeout(late)
        action()
      }
      child.once(
        'exit',
        done(() => reject(diedEarly(name))),
      )
      if (ready === 'message') {
        child.on('message', (message) => {
          const fault = faultOf(message)
          if (fault !== undefined) done(() => reject(fault))()
          else if (message === 'ready') done(resolve)()
        })
      } else void pollReady(ready, child).then(done(resolve), reject)
    })
  }
}

const pollPauseMs = 50
const pollsMax = 2_000

async function pollReady(probe: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  for (let polls = 0; polls < pollsMax && child.exitCode === null; polls += 1) {
    if (await probe()) return
    await new Promise((resolve) => setTimeout(resolve, pollPauseMs))
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function diedEarly(name: string): Fault {
  return new Fault('CPC-SRV-002', {
    what: `${name} ended before it was ready`,
    where: `serve, child ${name}`,
    why: 'its own lines above say why',
    todo: 'mend what they name and start again',
  })
}

/** A child that cannot start sends its fault, so that serve prints the four lines once. */
function faultOf(message: unknown): Fault | undefined {
  if (
    typeof message !== 'object' ||
    message === null ||
    !('code' in message) ||
    !('text' in message)
  ) {
    return undefined
  }
  const code = typeof message.code === 'string' ? findFaultCode(message.code) : undefined
  return code !== undefined && isFaultText(message.text) ? new Fault(code, message.text) : undefined
}

function isFaultText(value: unknown): value is FaultText {
  if (typeof value !== 'object' || value === null) return false
  return ['what', 'where', 'why', 'todo'].every((key) => key in value)
}
