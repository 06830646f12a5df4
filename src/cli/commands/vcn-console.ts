// Why this file exists: when a node does not come up, its serial console is all there is; a person types into it, and a
// script reads along for some seconds.
import type { Duplex } from 'node:stream'
import type { Command } from 'commander'
import { Fault } from '#fault'
import type { VcnRef } from '../client/clusters.ts'
import type { CliIo } from '../io.ts'
import { type Call, tell } from '../program/call.ts'
import { vcnNamed, vcnText, voFlag, type VoFlag } from '../program/named-clusters.ts'
import type { Declare } from '../program/noun.ts'

type ConsoleFlags = VoFlag & { readonly seconds?: string }

/** Ctrl-], as in telnet and virsh. */
const escapeByte = 0x1d
const secondsMax = 86_400

export function declareConsole(noun: Command, declare: Declare): void {
  declare<ConsoleFlags>(noun, {
    name: 'console',
    summary: 'talk to a node over its serial console',
    help: 'On a terminal every key goes to the node; Ctrl-] leaves. Elsewhere standard input is sent and what comes is shown, for --seconds or until the console ends.\n\n  coppice vcn console compute1.hpl.physics\n  echo root | coppice vcn console compute1.hpl --seconds 10',
    words: [['<name>', 'the node']],
    flags: [voFlag, ['--seconds <number>', 'leave after so many seconds']],
    run: openConsole,
  })
}

async function openConsole(call: Call<ConsoleFlags>): Promise<void> {
  const { io, flags, words } = call
  const ms = flags.seconds === undefined ? undefined : msOf(flags.seconds)
  const vcn = await vcnNamed(call, words[0] ?? '')
  const socket = await (await call.appliance()).vcns.console(vcn)
  const end = await converse(socket, io, { ms, began: () => tell(call, greeting(vcn, io)) })
  if (io.isTerminal.in) tell(call, `\n${ends[end]}`)
}

/** Told when it is true: before, Ctrl-C and the like still meant us. */
function greeting(vcn: VcnRef, { isTerminal }: CliIo): string {
  return `console of ${vcnText(vcn)}${isTerminal.in ? '; Ctrl-] leaves' : ''}`
}

type End = 'left' | 'over' | 'closed'

const ends: Readonly<Record<End, string>> = {
  left: 'the console was left',
  over: 'the time is over',
  closed: 'the console was closed by the other side',
}

/** Both ways at once, until one of the three ends; the terminal is given back on each of them. */
async function converse(
  socket: Duplex,
  io: CliIo,
  { ms, began }: { readonly ms: number | undefined; readonly began: () => void },
): Promise<End> {
  const ended = new AbortController()
  using keys = io.keys()
  began()
  const typed = sendTyped(keys.bytes, socket, io.isTerminal.in)
  const shown = showAll(socket, io)
  const over = timeOver(io, ms, ended.signal)
  try {
    return await Promise.race([
      typed,
      shown.then((): End => 'closed'),
      over.then((): End => 'over'),
    ])
  } finally {
    ended.abort()
    socket.destroy()
  }
}

async function timeOver(
  { clock, stop }: CliIo,
  ms: number | undefined,
  ended: AbortSignal,
): Promise<void> {
  const either = AbortSignal.any([ended, stop])
  do await clock.pause(ms ?? secondsMax * 1000, either)
  while (ms === undefined && !either.aborted)
}

/** Resolves when the person leaves; where input has an end, what comes after it is still worth seeing. */
async function sendTyped(
  bytes: AsyncIterable<Uint8Array>,
  socket: Duplex,
  isTerminal: boolean,
): Promise<End> {
  try {
    for await (const piece of bytes) {
      const escape = isTerminal ? piece.indexOf(escapeByte) : -1
      await written(socket, escape < 0 ? piece : piece.subarray(0, escape))
      if (escape >= 0) return 'left'
    }
  } catch {
    // A broken input and an ended one are the same to the console; a broken console ends by itself.
  }
  return new Promise(() => undefined)
}

function written(socket: Duplex, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(piece, (error) => {
      if (error instanceof Error) reject(error)
      else resolve()
    })
  })
}

async function showAll(socket: Duplex, { outBytes }: CliIo): Promise<void> {
  try {
    for await (const piece of socket) if (piece instanceof Uint8Array) await outBytes(piece)
  } catch {
    // Cut off or ended: there is no more to show.
  }
}

function msOf(text: string): number {
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : 0
  if (seconds > 0 && seconds <= secondsMax) return seconds * 1000
  throw new Fault('CPC-CLI-001', {
    what: 'this is no time for a console',
    where: `--seconds ${text}`,
    why: `it must be more than 0 seconds and at most ${secondsMax}`,
    todo: 'for example: --seconds 10',
  })
}
