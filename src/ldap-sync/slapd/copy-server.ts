// Why this file exists: thousands of writes go into a copy of the database, to a slapd that nobody else knows and that
// checks them as the served one does, but leaves the disk alone: all of them are synced at once when it has ended.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { clear, emptyFolder, sealDatabase } from './database-files.ts'
import { probeSlapd } from './probe.ts'
import { setMarkAhead } from './unclean-end.ts'

export interface CopyPlace {
  /** `DIR/ldap`; nobody may write to the database in it. */
  readonly folder: string
  readonly base: string
  readonly url: string
  /** Writes a configuration for a database that is not synced; returns its path. */
  readonly configure: (databaseDir: string) => string
  readonly commandOf: (configFile: string) => readonly string[]
}

/** A few GiB on a slow disk. */
const copyMillisMax = 120_000
const readyMillisMax = 15_000
const lookEveryMillis = 20
const endMillisMax = 15_000

export class CopyServer {
  readonly url: string
  readonly #fresh: string
  readonly #slapd: ChildProcess

  private constructor(url: string, fresh: string, slapd: ChildProcess) {
    this.url = url
    this.#fresh = fresh
    this.#slapd = slapd
  }

  static async open(place: CopyPlace): Promise<CopyServer> {
    const { folder, base, url } = place
    const fresh = emptyFolder(join(folder, 'db.new'))
    await copyDatabase(join(folder, 'db'), fresh)
    const configFile = place.configure(fresh)
    // What the served slapd has not noted yet of how far it is.
    await setMarkAhead({ configFile, base })
    // Whoever starts again after us must not find it at work.
    const argv = ['--pdeathsig', 'KILL', ...place.commandOf(configFile)]
    const slapd = spawn('setpriv', argv, { stdio: 'ignore' })
    // One that could not be started has no pid.
    slapd.on('error', () => undefined)
    const server = new CopyServer(url, fresh, slapd)
    try {
      await server.#untilReady()
      return server
    } catch (error) {
      await server.discard()
      throw error
    }
  }

  /** It has ended, and all that it answered is on the disk. */
  async seal(): Promise<void> {
    if (!this.#runs) throw new Error('the slapd of the copy died')
    const [status] = await this.#end('SIGTERM')
    if (status !== 0) throw new Error('the slapd of the copy did not end in order')
    sealDatabase(this.#fresh)
  }

  async discard(): Promise<void> {
    if (this.#runs) await this.#end('SIGKILL')
    clear(this.#fresh)
  }

  get #runs(): boolean {
    const { pid, exitCode, signalCode } = this.#slapd
    return pid !== undefined && exitCode === null && signalCode === null
  }

  async #untilReady(): Promise<void> {
    for (let waited = 0; waited < readyMillisMax; waited += lookEveryMillis) {
      if (!this.#runs) break
      if (await probeSlapd({ urls: [this.url] })) return
      await pause(lookEveryMillis)
    }
    throw new Error('the slapd of the copy does not answer')
  }

  async #end(signal: NodeJS.Signals): Promise<readonly unknown[]> {
    const gone = once(this.#slapd, 'exit')
    this.#slapd.kill(signal)
    const late = setTimeout(() => this.#slapd.kill('SIGKILL'), endMillisMax)
    return gone.finally(() => clearTimeout(late))
  }
}

/** By reference where the file system can do that; what is empty stays empty. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const argv = ['--reflink=auto', '--sparse=auto', join(from, 'data.mdb'), join(to, 'data.mdb')]
  await promisify(execFile)('cp', argv, { timeout: copyMillisMax, killSignal: 'SIGKILL' })
}
