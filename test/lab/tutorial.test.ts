// Why this file exists: each command of the tutorial is taken from its page and typed, one after the other, as a reader
// would; what the page shows must be seen.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { needsRoot } from '../needs.ts'
import { missingLine, readPage } from '../docs/page.ts'

const root = join(import.meta.dirname, '../..')
const pagePath = join(root, 'docs/tutorial/first-cluster.md')
const lessonMsMax = 15 * 60_000
const wholeMsMax = 40 * 60_000
/** How the appliance says that a machine went down under a benchmark. */
const restartedCode = 'CPC-HPL-021'

test(
  'every command of the tutorial does what the page says',
  { ...needsRoot(), timeout: wholeMsMax },
  async (t) => {
    const shell = new Shell()
    t.after(() => shell.end())
    for (const { title, commands, shown } of readPage(readFileSync(pagePath, 'utf8'))) {
      await t.test(`${title}: ${commands.split('\n')[0] ?? ''}`, async () => {
        const { output, exit } = await shell.typeAgainAfterRestart(commands)
        assert.equal(exit, 0, `${commands}\n${output}`)
        const missing = missingLine(shown, output)
        assert.equal(missing, undefined, `not printed: ${missing}\nprinted was:\n${output}`)
      })
    }
  },
)

/** One shell for the whole page, since a variable that is set in one block is used in the next. */
class Shell {
  readonly #child = spawn('bash', ['--norc'], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
  #output = ''
  #ended = false
  #changed = Promise.withResolvers<void>()

  constructor() {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        this.#output += text
        this.#changed.resolve()
      })
    }
    this.#child.stdin.on('error', () => undefined) // it ended: that is told by its exit
    this.#child.on('close', () => {
      this.#ended = true
      this.#changed.resolve()
    })
  }

  /** A processor that is emulated twice resets its guest now and then: what ran there is typed once more, and said so. */
  async typeAgainAfterRestart(commands: string): ReturnType<Shell['type']> {
    if (!commands.includes('hpl run')) return this.type(commands)
    const first = await this.type(
      `set +e; (set -e
${commands}
); ended=$?; set -e; echo "lesson ended with $ended"`,
    )
    if (first.output.includes('lesson ended with 0')) return first
    if (!first.output.includes(`[${restartedCode}]`)) return { ...first, exit: 1 }
    process.stderr.write(`a node was restarted under it, so it is typed again: ${first.output}\n`)
    return this.type(commands)
  }

  /** A block fails with its first command that fails, and the shell with it. */
  async type(commands: string): Promise<{ readonly output: string; readonly exit: number }> {
    this.#output = ''
    const mark = `lesson-${process.hrtime.bigint()}`
    // What a command reads must not be the lines behind it.
    this.#child.stdin.write(`set -e\n{\n${commands}\n} </dev/null\necho; echo ${mark}\n`)
    const isDone = (): boolean => this.#output.split('\n').includes(mark)
    const late = setTimeout(() => this.#child.kill('SIGTERM'), lessonMsMax)
    while (!isDone() && !this.#ended) {
      await this.#changed.promise
      this.#changed = Promise.withResolvers()
    }
    clearTimeout(late)
    return { output: this.#output, exit: isDone() ? 0 : (this.#child.exitCode ?? 1) }
  }

  end(): void {
    this.#child.stdin.end()
  }
}
