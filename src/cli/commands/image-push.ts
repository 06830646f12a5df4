// Why this file exists: an image goes up once, whole, and with its digest said beforehand where that costs little.
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import type { Command } from 'commander'
import type { PushedView } from '#api'
import { Fault } from '#fault'
import { printThing } from '../output/print.ts'
import { type Progress, progressOn } from '../output/progress.ts'
import type { Call } from '../program/call.ts'
import { unreadable } from '../program/given-file.ts'
import { choice, type Declare, demanded } from '../program/noun.ts'

interface PushFlags {
  readonly vo: string
  readonly name: string
  readonly version?: string
  readonly format?: string
  readonly digest?: string
}

/** Longer files are not read twice, only to say beforehand what the appliance computes anyhow. */
const digestBeforeBytesMax = 256 * 1024 * 1024
const pieceBytes = 256 * 1024

const image = {
  what: 'the image',
  todo: 'give a file that you may read, and leave it alone until it is pushed',
}

export function declareImagePush(noun: Command, declare: Declare): void {
  declare<PushFlags>(noun, {
    name: 'push',
    summary: 'send a disk image to the appliance',
    help: 'Without --version it takes the next number from 1; bytes that are there already keep the number that they have. What the file looks like is never guessed: it is of the format that you say.\n\n  coppice image push base.qcow2 --vo physics --name voc-compute',
    words: [['<file>', 'the disk image']],
    flags: [
      demanded('--vo <vo>', 'whose image it is'),
      demanded('--name <name>', 'what it is called'),
      ['--version <number>', 'its number (default: the next one)'],
      choice('--format <format>', 'what the file is (default: qcow2)', ['qcow2', 'raw']),
      ['--digest <digest>', 'sha256:HEX that the bytes must have'],
    ],
    run: push,
  })
}

async function push(call: Call<PushFlags>): Promise<void> {
  const { io, flags, words } = call
  const [file = ''] = words
  const { vo, name, format } = flags
  const version = flags.version === undefined ? undefined : versionOf(flags.version)
  const bytes = bytesOf(file)
  const { images } = await call.appliance()
  const progress = progressOn(io, flags.quiet === true, io.clock.now)
  try {
    const digest =
      flags.digest ?? (bytes < digestBeforeBytesMax ? await digestOf(file, bytes) : undefined)
    const onSent = (done: number): void => showSent(progress, done, bytes)
    const body = piecesOf(file, bytes)
    const pushed = await images.push({ vo, name, version, format, digest, bytes, body, onSent })
    progress.end()
    await printPushed(call, pushed)
  } finally {
    progress.end()
  }
}

function showSent(progress: Progress, done: number, total: number): void {
  // The last bytes are followed by the appliance's own work on them.
  if (done < total) progress.show({ what: 'push', done, total, isBytes: true })
  else progress.show({ what: 'checked and stored by the appliance', done: 0, total: 0 })
}

async function printPushed(call: Call<unknown>, pushed: PushedView): Promise<void> {
  const { io, flags } = call
  const { vo, id, bytes, digest, isNew } = pushed
  const name = `${vo}/${id}`
  if (flags.output !== 'table') return printThing(io, flags, pushed, name)
  io.out(isNew ? `pushed ${name} (${bytes} bytes, ${digest})` : `${name} was there already`)
}

function versionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Fault('CPC-CLI-001', {
    what: 'this is no version of an image',
    where: `--version ${text}`,
    why: 'versions are whole numbers from 1',
    todo: 'for example: --version 3; without the flag it takes the next number',
  })
}

function bytesOf(file: string): number {
  let size: number
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) throw new Error('it is a directory')
    if (!stat.isFile()) throw new Error('it is no regular file, so its length is not known')
    size = stat.size
  } catch (cause) {
    throw unreadable(file, image, cause)
  }
  return size
}

async function digestOf(file: string, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of piecesOf(file, bytes)) hash.update(piece)
  return `sha256:${hash.digest('hex')}`
}

/** Exactly so many bytes: a file that grows meanwhile is cut, one that shrinks is told of. */
async function* piecesOf(file: string, bytes: number): AsyncGenerator<Buffer> {
  if (bytes === 0) return
  let read = 0
  try {
    const stream = createReadStream(file, { end: bytes - 1, highWaterMark: pieceBytes })
    for await (const piece of stream) {
      if (!Buffer.isBuffer(piece)) continue
      read += piece.length
      yield piece
    }
    if (read < bytes) throw new Error('it became shorter while it was read')
  } catch (cause) {
    throw unreadable(file, image, cause)
  }
}
