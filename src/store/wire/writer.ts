// Why this file exists: leases are on the disk before their ACK leaves, and one sync per lease would cap us at a few
// thousand a second. What comes in while a commit runs goes into the next one (group commit).
import { Worker } from 'node:worker_threads'
import { Fault } from '#fault'
import { notStored } from '../statement.ts'
import { type Answer, type Change, isAnswer, type Order, type WriterSettings } from './change.ts'

/** About two seconds of a slow disk; beyond it a change is refused rather than late. */
export const waitingWritesMax = 20_000
/** One transaction stays short, so that its first change does not wait for its last. */
export const writesPerCommitMax = 2000

interface Waiting {
  /** Stored together or not at all. */
  readonly changes: readonly Change[]
  readonly settle: (failure?: Fault) => void
}

export class Writer implements AsyncDisposable {
  readonly #settings: WriterSettings
  readonly #worker: Worker
  readonly #onDropped: (count: number) => void
  readonly #ended: Promise<void>
  #waiting: Waiting[] = []
  /** What the thread works at; it gets one order at a time. */
  #current: ((failure?: Fault) => void) | undefined
  #copies: { readonly target: string; readonly settle: (failure?: Fault) => void }[] = []
  #dead: Fault | undefined

  private constructor(
    settings: WriterSettings,
    worker: Worker,
    onDropped: (count: number) => void,
  ) {
    this.#settings = settings
    this.#worker = worker
    this.#onDropped = onDropped
    worker.on('message', (message: unknown) => {
      if (isAnswer(message)) this.#answered(message)
    })
    worker.on('error', (cause) => this.#die(cause))
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#die(new Error('its thread ended'))
        resolve()
      })
    })
  }

  static async start(
    settings: WriterSettings,
    onDropped: (count: number) => void,
  ): Promise<Writer> {
    const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: settings,
    })
    const writer = new Writer(settings, worker, onDropped)
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve())
      worker.once('error', (cause) => reject(writer.#stopped(cause)))
    })
    return writer
  }

  /** Resolves when all of them are on the disk; rejects with a fault when none is or will be. */
  write(changes: readonly Change[]): Promise<void> {
    if (this.#dead) return Promise.reject(this.#dead)
    if (this.#waiting.length >= waitingWritesMax) return Promise.reject(this.#tooMany())
    return this.#enqueue(changes)
  }

  #enqueue(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, settle: (failure) => (failure ? reject(failure) : resolve()) })
      // The rest of what arrives in this turn joins the same commit.
      if (!this.#current && this.#waiting.length === 1) setImmediate(() => this.#next())
    })
  }

  /** A whole copy for `openDatabase` to fall back on. */
  copy(target: string): Promise<void> {
    if (this.#dead) return Promise.reject(this.#dead)
    return new Promise((resolve, reject) => {
      this.#copies.push({ target, settle: (failure) => (failure ? reject(failure) : resolve()) })
      this.#next()
    })
  }

  /** What waits is still written. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Changes are done in order, so the last one's answer is everybody's.
    if (!this.#dead) await this.#enqueue([]).catch(() => undefined)
    if (!this.#dead) this.#worker.postMessage('close')
    await this.#ended
  }

  #next(): void {
    if (this.#current || this.#dead) return
    const copy = this.#copies.shift()
    if (copy) return this.#order({ kind: 'copy', target: copy.target }, copy.settle)
    const batch = this.#waiting.splice(0, writesPerCommitMax)
    if (batch.length === 0) return
    const changes = batch.flatMap((write) => write.changes)
    this.#order({ kind: 'commit', changes }, (failure) => {
      for (const { settle } of batch) settle(failure)
    })
  }

  #order(order: Order, settle: (failure?: Fault) => void): void {
    this.#current = settle
    this.#worker.postMessage(order)
  }

  #answered(answer: Answer): void {
    if (answer.kind === 'ready') return
    const settle = this.#current
    this.#current = undefined
    if (answer.kind === 'failed') settle?.(notStored(this.#settings.path, new Error(answer.why)))
    else {
      if (answer.dropped > 0) this.#onDropped(answer.dropped)
      settle?.()
    }
    this.#next()
  }

  #die(cause: unknown): void {
    this.#dead ??= this.#stopped(cause)
    this.#current?.(this.#dead)
    this.#current = undefined
    for (const { settle } of [...this.#waiting, ...this.#copies]) settle(this.#dead)
    this.#waiting = []
    this.#copies = []
  }

  #stopped(cause: unknown): Fault {
    return new Fault(
      'CPC-STO-011',
      {
        what: 'nothing can be stored any more',
        where: this.#settings.path,
        why: cause instanceof Error ? cause.message : String(cause),
        todo: 'restart this process; what was acknowledged is on the disk',
      },
      { cause },
    )
  }

  #tooMany(): Fault {
    return new Fault('CPC-STO-007', {
      what: 'a change was refused',
      where: this.#settings.path,
      why: `${waitingWritesMax} writes wait for the disk already`,
      todo: 'look at the disk and at what floods the appliance; the client asks again by itself',
    })
  }
}
