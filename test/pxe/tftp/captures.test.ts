// Why this file exists: real loaders were recorded; what they said then must lead our server to the same transfer.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parsePacket, type TftpPacket } from '../../../src/pxe/tftp/packet.ts'
import { readFrames, type Transport, udpPayloads } from '../../pcap.ts'
import { stage } from './stage.ts'

const folder = join(import.meta.dirname, '../../vectors/tftp')

interface Said extends Transport {
  readonly packet: TftpPacket
}

/** The first transfer of a capture. */
function recorded(name: string): readonly Said[] {
  const said = everythingIn(name)
  const client = said[0]?.sourcePort
  return said.filter(({ sourcePort, targetPort }) => [sourcePort, targetPort].includes(client ?? 0))
}

function everythingIn(name: string): readonly Said[] {
  return udpPayloads(readFrames(readFileSync(join(folder, name)))).flatMap((transport) => {
    if (transport.sourcePort === 67 || transport.sourcePort === 68) return []
    const parsed = parsePacket(transport.payload)
    return parsed.ok ? [{ ...transport, packet: parsed.value }] : []
  })
}

/** What the server of then sent of one file, put together. */
function contentOf(said: readonly Said[]): Buffer {
  const blocks = new Map<number, Uint8Array>()
  for (const { packet } of said) {
    if (packet.kind === 'data') blocks.set(packet.block, Buffer.from(packet.bytes))
  }
  return Buffer.concat(
    [...blocks].toSorted(([one], [other]) => one - other).map(([, bytes]) => bytes),
  )
}

/** Says what the client said, each packet when the one before it was answered, and gives our answers. */
async function replay(said: readonly Said[], contents: Readonly<Record<string, Uint8Array>>) {
  const { network, sightings } = stage(contents)
  const request = said.find(({ packet }) => packet.kind === 'read' || packet.kind === 'write')
  assert.ok(request)
  const client = network.port('10.0.0.9')
  const answers: TftpPacket[] = []
  let serverPort = 69
  client.onMessage((bytes, source) => {
    const parsed = parsePacket(bytes)
    assert.ok(parsed.ok)
    answers.push(parsed.value)
    serverPort = source.port
  })
  for (const { payload, sourcePort } of said) {
    if (sourcePort !== request.sourcePort) continue
    client.send(payload, '10.0.0.1', serverPort)
    await network.run(network.now + 5)
  }
  return { answers, sightings, request: request.packet }
}

for (const [name, blocks, last] of [
  ['ipxe-transfer.pcap', 17, 'short'],
  ['ipxe-exact-multiple.pcap', 9, 'empty'],
  ['tftp.pcap', undefined, 'short'],
] as const) {
  test(`${name}: the recorded client gets the same blocks from us, the last one ${last}`, async () => {
    const said = recorded(name)
    const content = contentOf(said)
    const asked = said.find(({ packet }) => packet.kind === 'read')?.packet
    assert.ok(asked?.kind === 'read')
    const { answers, sightings } = await replay(said, { [asked.file.replace(/^\//, '')]: content })
    const data = answers.filter((packet) => packet.kind === 'data')
    const then = said.map(({ packet }) => packet).filter((packet) => packet.kind === 'data')
    assert.deepEqual(
      data.map(({ block, bytes }) => [block, bytes.length]),
      then.map(({ block, bytes }) => [block, bytes.length]),
    )
    if (blocks !== undefined) assert.equal(data.length, blocks)
    assert.ok(last === 'short' || data.at(-1)?.bytes.length === 0)
    assert.deepEqual(Buffer.concat(data.map(({ bytes }) => bytes)), content)
    assert.equal(sightings.at(-1)?.outcome, 'whole')
  })
}

for (const [name, code] of [
  ['ipxe-missing-file.pcap', 1],
  ['tftp-wrq.pcap', 2],
] as const) {
  test(`${name}: the recorded client gets error ${code} from us`, async () => {
    const { answers } = await replay(recorded(name), {})
    const [first] = answers
    assert.ok(first?.kind === 'error')
    assert.equal(first.code, code)
  })
}
