// Why this file exists: a console is bytes both ways over a connection that was HTTP; a person can always leave it, and gets the
// terminal back as it was.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { after, before, beforeEach, test } from 'node:test'
import { needs } from '../needs.ts'
import { scripted, type Scripted } from './scripted.ts'

let appliance: Scripted
before(async () => {
  appliance = await scripted()
})
after(() => appliance[Symbol.asyncDispose]())
beforeEach(() => {
  appliance.heard.length = 0
  appliance.onUpgrade = undefined
})

const agreed =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: coppice-console\r\n\r\n'
const console_ = ['vcn', 'console', 'compute1.hpl.physics']

async function* typing(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Promise.resolve(Buffer.from(piece, 'latin1'))
}

async function* endlessly(first: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(first, 'latin1')
  await new Promise(() => undefined)
}

/** The other end of the console, when it has heard so many bytes. */
function consoleThat(onHeard: (heard: string, socket: Duplex) => void, greeting = ''): void {
  appliance.onUpgrade = (_request, socket) => {
    let heard = ''
    socket.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      heard += piece.toString('latin1')
      onHeard(heard, socket)
    })
    socket.write(Buffer.from(agreed + greeting, 'latin1'))
  }
}

test('standard input is sent and what comes is shown, byte for byte, until the console ends', async () => {
  consoleThat((heard, socket) => {
    if (heard === 'root\n') socket.end(Buffer.from('ok \xff\0', 'latin1'))
  }, 'login: ')
  const { exit, out } = await appliance.coppice(console_, { keys: typing('ro', 'ot\n') })
  assert.equal(exit, 0)
  assert.equal(out.replaceAll('\n', ''), 'login: ok \xff\0')
  assert.equal(appliance.heard[0]?.what, 'UPGRADE /v1/vcns/physics/hpl/compute1/console')
})

test('--seconds ends it, also when input has ended long before', async () => {
  consoleThat(() => undefined, 'booting')
  const seen = Promise.withResolvers<void>()
  const waited: number[] = []
  const { exit, out } = await appliance.coppice([...console_, '--seconds', '2.5'], {
    onOut: () => seen.resolve(),
    onPause: (ms) => {
      waited.push(ms)
      return seen.promise
    },
  })
  assert.deepEqual([exit, out, waited], [0, 'booting', [2500]])
})

test('at a terminal Ctrl-] leaves, nothing after it is sent, and the terminal is given back', async () => {
  const closed = Promise.withResolvers<string>()
  let sent = ''
  consoleThat((heard, socket) => {
    sent = heard
    socket.once('end', () => closed.resolve(sent))
  })
  const { exit, err } = await appliance.coppice(console_, {
    isTerminal: true,
    keys: typing('ls\r', 'x\x1dy'),
    onPause: () => new Promise(() => undefined),
  })
  assert.equal(exit, 0)
  assert.equal(await closed.promise, 'ls\rx')
  assert.match(err, /^keys taken\nconsole of .*; Ctrl-\] leaves\nkeys given back\n/)
})

test('elsewhere Ctrl-] is a byte like others', async () => {
  consoleThat((heard, socket) => {
    if (heard === 'a\x1db') socket.end()
  })
  const { exit } = await appliance.coppice(console_, { keys: typing('a\x1db') })
  assert.equal(exit, 0)
})

test('a console that breaks gives the terminal back and is no error of ours', async () => {
  consoleThat((_heard, socket) => socket.destroy())
  const { exit, err } = await appliance.coppice(console_, {
    isTerminal: true,
    keys: endlessly('x'),
    onPause: () => new Promise(() => undefined),
  })
  assert.equal(exit, 0)
  assert.match(err, /keys given back/)
})

test('a console that is refused tells why, and takes no keys', async () => {
  appliance.onUpgrade = (_request, socket) => {
    const told = { type: 't', title: 't', status: 404, detail: 'd', code: 'CPC-API-003' }
    const body = JSON.stringify({ ...told, what: 'no node', where: 'w', why: 'y', do: 'd' })
    socket.end(
      `HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  const { exit, err } = await appliance.coppice(console_, { isTerminal: true })
  assert.equal(exit, 3)
  assert.match(err, /^error: no node \[CPC-API-003\]/)
})

for (const seconds of ['0', 'soon', '999999']) {
  test(`--seconds ${seconds} is a usage error`, async () => {
    assert.equal((await appliance.coppice([...console_, '--seconds', seconds])).exit, 2)
  })
}

const main = join(import.meta.dirname, '../../src/main.ts')

for (const [sentence, leave, exit] of [
  ['Ctrl-] is typed', (_pid: number, type: (text: string) => void) => type('\x1d'), 0],
  ['SIGTERM comes', (pid: number) => void process.kill(pid, 'SIGTERM'), 143],
  ['SIGHUP comes', (pid: number) => void process.kill(pid, 'SIGHUP'), 129],
] as const) {
  test(
    `on a real terminal keys come one by one, and when ${sentence} it is as it was`,
    { ...needs('bsdutils', '/usr/bin/script'), timeout: 20_000 },
    async () => {
      const { folder, socketPath } = appliance
      const pidFile = join(folder, 'pid')
      const after_ = join(folder, 'stty')
      const program = `${process.execPath} ${main} ${console_.join(' ')}`
      const inTerminal = `sh -c 'echo $$ > ${pidFile}; exec ${program}'; echo $? > ${after_}; stty -a >> ${after_}`
      const terminal = spawn('/usr/bin/script', ['-qec', inTerminal, '/dev/null'], {
        env: { ...process.env, COPPICE_SERVER: `unix:${socketPath}`, SHELL: '/bin/sh' },
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      let isLeft = false
      // No line end was typed: only a terminal that hands over each key lets this through.
      consoleThat((heard) => {
        if (heard !== 'h\x03' || isLeft) return
        isLeft = true
        leave(Number(readFileSync(pidFile, 'utf8')), (text) => terminal.stdin.write(text))
      }, '')
      // Before it says so, Ctrl-C would end the program.
      let shown = ''
      terminal.stdout.on('data', (piece: Buffer) => {
        const before_ = shown
        shown += piece.toString()
        if (shown.includes('leaves') && !before_.includes('leaves')) terminal.stdin.write('h\x03')
      })
      await once(terminal, 'close')
      const [status, ...stty] = readFileSync(after_, 'utf8').split('\n')
      assert.equal(Number(status), exit)
      assert.match(stty.join(' '), / icanon .* echo /)
    },
  )
}
