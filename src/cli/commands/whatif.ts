// Why this file exists: before an entry is written, or when a machine with a capture does not boot, "what would happen?" is
// asked here. Nothing is written and nothing is sent.
import type { Command } from 'commander'
import type { WhatIfEntries, WhatIfPackets } from '#api'
import { Fault } from '#fault'
import type { Call, Outcome } from '../program/call.ts'
import { readGivenFile, readGivenStart, unreadable } from '../program/given-file.ts'
import { choice, type Declare } from '../program/noun.ts'
import { jsonFlag, type JsonFlag, showLines } from './explain.ts'
import { type FactFlags, factFlags, factsOf } from './machine-facts.ts'

interface PacketFlags extends JsonFlag {
  readonly hex?: string
  readonly protocol?: 'dhcp' | 'dns' | 'tftp'
}

/** As the appliance takes them. */
const captureBytesMax = 8 * 1024 * 1024
const ldifBytesMax = 256 * 1024
const magicBytes = 4
const magics: readonly string[] = ['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '0a0d0d0a']

export function declareWhatIf(program: Command, declare: Declare): void {
  declare<JsonFlag>(program, {
    name: 'whatif',
    summary: 'tell what an entry or a packet would get, without writing or sending it',
    help: 'Of a file, it is seen what it is: a capture (pcap, pcapng) or entries (LDIF).\n\n  coppice whatif machine n007 --mac 52:54:00:00:01:07 --role host\n  coppice whatif packet boot.pcap\n  coppice whatif new-rack.ldif',
    words: [['[file]', 'a capture, or entries as LDIF']],
    flags: [jsonFlag],
    run: whatIfFile,
  })
  const noun = program.commands.find((command) => command.name() === 'whatif')
  if (noun === undefined) return
  declare<FactFlags & JsonFlag>(noun, {
    name: 'machine',
    summary: 'what this machine would get if it were described so',
    help: 'Takes what "machine add" takes, and tells what lint would find. With the name of a machine that is there, it is asked of that machine described anew. Exit 5 when it would be set aside.\n\n  coppice whatif machine n007 --ip 10.1.0.7 --mac 52:54:00:00:01:07',
    words: [['<name>', 'its name']],
    flags: [...factFlags, jsonFlag],
    run: whatIfMachine,
  })
  declare<JsonFlag>(noun, {
    name: 'entry',
    summary: 'what entries would get if they were in the directory',
    help: 'LDIF as ldapadd takes it: machines, networks, whatever the directory holds. Exit 5 when some would be set aside.\n\n  coppice whatif entry new-rack.ldif',
    words: [['<file>', 'the entries as LDIF; - for standard input']],
    flags: [jsonFlag],
    run: async (call) => {
      const [file = ''] = call.words
      return showEntries(call, { ldif: await ldifOf(file, call) })
    },
  })
  declare<PacketFlags>(noun, {
    name: 'packet',
    summary: 'what each packet of a capture would be answered, and why',
    help: 'DHCP, DNS and requests of TFTP are answered, each by itself, from the directory and the leases of now; the rest is counted. At most 8 MiB and 512 packets.\n\n  coppice whatif packet boot.pcap\n  coppice whatif packet --hex 0001736e706f6e6c792e656669006f6374657400 --protocol tftp',
    words: [['[file]', 'a capture: pcap or pcapng']],
    flags: [
      ['--hex <digits>', 'one UDP payload instead of a capture'],
      choice('--protocol <name>', 'what the payload is (default: dhcp)', ['dhcp', 'dns', 'tftp']),
      jsonFlag,
    ],
    run: whatIfPacket,
  })
}

async function whatIfFile(call: Call<JsonFlag>): Promise<Outcome> {
  const [file] = call.words
  if (file === undefined) throw nothingGiven()
  if (file !== '-' && isCapture(file))
    return showPackets(call, { pcap: bytesOf(file).toString('base64') })
  return showEntries(call, { ldif: await ldifOf(file, call) })
}

function isCapture(file: string): boolean {
  const start = readGivenStart(file, { what: 'the file', bytesMax: magicBytes })
  return magics.includes(Buffer.from(start, 'latin1').toString('hex'))
}

async function whatIfMachine(call: Call<FactFlags & JsonFlag>): Promise<Outcome> {
  const [name = ''] = call.words
  const facts = factsOf([name], call.flags).get(name)
  return showEntries(call, { machine: { ...facts, macs: facts?.macs ?? [], name } })
}

async function whatIfPacket(call: Call<PacketFlags>): Promise<Outcome> {
  const [file] = call.words
  const { hex, protocol } = call.flags
  if (hex !== undefined) return showPackets(call, { hex, protocol })
  if (file === undefined) throw nothingGiven()
  return showPackets(call, { pcap: bytesOf(file).toString('base64') })
}

async function showPackets(call: Call<JsonFlag>, request: WhatIfPackets): Promise<Outcome> {
  await showLines(call, await (await call.appliance()).whatIf.packets(request), 'packets')
  return undefined
}

async function showEntries(call: Call<JsonFlag>, request: WhatIfEntries): Promise<Outcome> {
  const view = await (await call.appliance()).whatIf.entries(request)
  await showLines(call, view, 'entries')
  return view.findings.some(({ severity }) => severity === 'set-aside') ? 'conflict' : undefined
}

async function ldifOf(file: string, { io }: Call<unknown>): Promise<string> {
  const what = 'the entries'
  return file === '-' ? io.stdin() : readGivenFile(file, { what, bytesMax: ldifBytesMax })
}

function bytesOf(file: string): Buffer {
  const what = 'the capture'
  const text = readGivenStart(file, { what, bytesMax: captureBytesMax + 1 })
  if (text.length <= captureBytesMax) return Buffer.from(text, 'latin1')
  const todo = 'cut out of it what matters: tcpdump -r BIG -w SMALL port 67 or port 68'
  const why = `it has more than ${captureBytesMax} bytes, which are the most that are read`
  throw unreadable(file, { what, todo }, new Error(why))
}

function nothingGiven(): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'there is nothing to ask about',
    where: 'coppice whatif',
    why: 'neither a file nor a machine nor a packet was given',
    todo: 'coppice whatif --help shows what can be asked',
  })
}
