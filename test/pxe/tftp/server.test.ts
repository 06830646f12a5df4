// Why this file exists: the promises of the TFTP server as a whole, over a network in memory: whatever is lost, doubled
// or meant badly, machines get their files and everything is given back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatIp4 } from '#directory'
import { answersPerAddressPerSecondMax } from '../../../src/pxe/files/answer-budget.ts'
import { encodePacket, parsePacket, type TftpPacket } from '../../../src/pxe/tftp/packet.ts'
import { Loader } from './loader.ts'
import type { LossyNetwork } from './lossy-network.ts'
import { pattern, stage } from './stage.ts'

const fast = [
  ['tsize', '0'],
  ['blksize', '1468'],
  ['windowsize', '8'],
] as const

/** Sends packets from one port and keeps what comes back. */
function speaker(network: LossyNetwork, address = '10.0.0.9') {
  const port = network.port(address)
  const heard: { packet: TftpPacket; port: number }[] = []
  port.onMessage((bytes, source) => {
    const parsed = parsePacket(bytes)
    assert.ok(parsed.ok)
    heard.push({ packet: parsed.value, port: source.port })
  })
  return {
    heard,
    say: (packet: TftpPacket, to = 69) => port.send(encodePacket(packet), '10.0.0.1', to),
    sayBytes: (bytes: Uint8Array) => port.send(bytes, '10.0.0.1', 69),
  }
}

const read = (file: string) => ({ kind: 'read', file, mode: 'octet', options: [] }) as const

for (const [sentence, options] of [
  ['block by block', []],
  ['in windows of eight', fast],
  ['in windows of 64', [['windowsize', '64']]],
] as const) {
  test(`a file of 150,000 bytes arrives whole ${sentence} though 10 % is lost, 5 % doubled and 3 % overtaken, for 5 seeds`, async () => {
    const content = pattern(150_000)
    for (let seed = 1; seed <= 5; seed += 1) {
      const weather = {
        seed,
        lossPercent: 10,
        doublePercent: 5,
        delayMillisMax: 2,
        overtakePercent: 3,
      }
      const { network, sightings } = stage({ 'snponly.efi': content }, { weather })
      const loader = new Loader(network, '10.0.0.9', { file: 'snponly.efi', options })
      loader.start()
      await network.run(200_000)
      assert.equal(loader.failed, undefined, `seed ${seed}`)
      assert.ok(loader.bytes.equals(content), `seed ${seed}`)
      assert.equal(
        sightings.filter(({ outcome }) => outcome !== 'refused').length,
        1,
        `seed ${seed}`,
      )
      assert.equal(network.openPorts, 2, `seed ${seed}: the server keeps only its own port`)
    }
  })
}

test('HOSTILE 19: though every datagram is doubled, the server sends each block once', async () => {
  const weather = {
    seed: 7,
    lossPercent: 0,
    doublePercent: 100,
    delayMillisMax: 1,
    overtakePercent: 10,
  }
  for (const options of [[], fast]) {
    const { network } = stage({ file: pattern(200_000) }, { weather })
    const loader = new Loader(network, '10.0.0.9', { file: 'file', options })
    loader.start()
    await network.run(10_000)
    assert.equal(loader.bytes.length, 200_000)
    const blockCount = Math.floor(200_000 / (options.length > 0 ? 1_428 : 512)) + 1
    const sent = network.sentBy.get('10.0.0.1') ?? 0
    assert.ok(sent <= blockCount * 1.1 + 2, `${sent} datagrams for ${blockCount} blocks`)
  }
})

test('HOSTILE 26: a rack of 1,000 machines is switched on: all finish, none much later than the others', async () => {
  const weather = {
    seed: 26,
    lossPercent: 1,
    doublePercent: 0,
    delayMillisMax: 5,
    overtakePercent: 1,
  }
  const { network, sightings } = stage({ 'snponly.efi': pattern(20_000) }, { weather })
  const loaders = Array.from({ length: 1_000 }, (_, at) => {
    const address = `10.0.${4 + (at >>> 8)}.${at & 255}`
    return new Loader(network, address, { file: 'snponly.efi', options: fast })
  })
  for (const loader of loaders) loader.start()
  await network.run(30_000)
  assert.equal(loaders.filter(({ bytes }) => bytes.length === 20_000).length, 1_000)
  assert.ok(Math.max(...loaders.map(({ finishedAt }) => finishedAt ?? Infinity)) < 15_000)
  assert.equal(new Set(sightings.map(({ address }) => address)).size, 1_000)
})

test('HOSTILE 27: a client that asks and falls silent is given up, and its port is closed', async () => {
  const { network, server, sightings } = stage({ file: pattern(1_000) })
  speaker(network).say(read('file'))
  await network.run(10)
  assert.equal(server.sessionCount, 1)
  await network.run(60_000)
  assert.equal(server.sessionCount, 0)
  assert.equal(network.openPorts, 2)
  assert.equal(sightings[0]?.outcome, 'cut-off')
})

for (const [name, code] of [
  ['../etc/passwd', 2],
  ['/etc/passwd', 2],
  ['..\\..\\secret', 2],
  ['C:\\boot.ini', 2],
  ['%2e%2e/etc/passwd', 2],
  ['kvm-host/../../key', 2],
  ['no-such-file', 1],
  ['__proto__', 1],
] as const) {
  test(`HOSTILE 17: the name ${name} gets error ${code}`, async () => {
    const { network, sightings } = stage({ file: pattern(10) })
    const client = speaker(network)
    client.say(read(name))
    await network.run(100)
    const [answer] = client.heard
    assert.equal(answer?.packet.kind === 'error' && answer.packet.code, code)
    assert.deepEqual(
      sightings.map(({ outcome, file }) => [outcome, file]),
      [['refused', name]],
    )
  })
}

test('a name with a slash before it is the same key', async () => {
  const { network } = stage({ 'kvm-host/initrd': pattern(10) })
  const client = speaker(network)
  client.say(read('/kvm-host/initrd'))
  await network.run(100)
  assert.equal(client.heard[0]?.packet.kind, 'data')
})

test('RFC 1350: a write request gets error 2: a boot server only gives', async () => {
  const { network } = stage({ file: pattern(10) })
  const client = speaker(network)
  client.say({ kind: 'write', file: 'file', mode: 'octet', options: [] })
  await network.run(100)
  assert.deepEqual(
    client.heard.map(({ packet }) => packet.kind === 'error' && packet.code),
    [2],
  )
})

for (const mode of ['mail', 'MAIL', 'binary', '']) {
  test(`RFC 1350: mode ${mode || '(none)'} gets error 4`, async () => {
    const { network } = stage({ file: pattern(10) })
    const client = speaker(network)
    client.say({ ...read('file'), mode })
    await network.run(100)
    assert.deepEqual(
      client.heard.map(({ packet }) => packet.kind === 'error' && packet.code),
      [4],
    )
  })
}

test('RFC 2349: in netascii the size is that of what is sent', async () => {
  const { network } = stage({ text: Buffer.from('one\ntwo\n') })
  const client = speaker(network)
  client.say({ ...read('text'), mode: 'netascii', options: [['tsize', '0']] })
  await network.run(100)
  assert.deepEqual(client.heard[0]?.packet, { kind: 'options-ack', options: [['tsize', '10']] })
})

test('HOSTILE 18: odd options are left out, and the file comes all the same', async () => {
  const { network } = stage({ file: pattern(10) })
  const client = speaker(network)
  const odd = ['blksize', 'tsize', 'timeout', 'windowsize', 'multicast', '\u00ff%n']
  for (const value of ['', '-1', '0x10', '1e9', ' 8', '99999999999999999999', '\u00ff']) {
    const options = odd.map((name) => [name, value] as const)
    client.say({ ...read('file'), options })
  }
  await network.run(100)
  const kinds = new Set(client.heard.map(({ packet }) => packet.kind))
  assert.deepEqual(kinds, new Set(['data']))
})

test('a file that is not in memory is not given by TFTP, and the client is told where to ask', async () => {
  const { network } = stage({}, { onDisk: 'large.img' })
  const client = speaker(network)
  client.say(read('large.img'))
  await network.run(100)
  const [answer] = client.heard
  assert.match(answer?.packet.kind === 'error' ? answer.packet.text : '', /by HTTP/)
})

for (const [transfers, granted] of [
  [1, '64'],
  [64, '64'],
  [256, '16'],
  [1_000, '4'],
  [1_500, '4'],
] as const) {
  test(`HOSTILE 26: the transfer number ${transfers} at once gets a window of ${granted}`, async () => {
    const { network } = stage({ file: pattern(2_000) })
    for (let at = 1; at < transfers; at += 1)
      speaker(network, `10.1.${at >>> 8}.${at & 255}`).say(read('file'))
    await network.run(20)
    const client = speaker(network)
    client.say({ ...read('file'), options: [['windowsize', '64']] })
    await network.run(40)
    assert.deepEqual(client.heard[0]?.packet, {
      kind: 'options-ack',
      options: [['windowsize', granted]],
    })
  })
}

test('HOSTILE 19: a request that is said twice is one transfer on one port', async () => {
  const { network, server } = stage({ file: pattern(2_000) })
  const client = speaker(network)
  client.say(read('file'))
  client.say(read('file'))
  await network.run(50)
  assert.equal(server.sessionCount, 1)
  assert.equal(new Set(client.heard.map(({ port }) => port)).size, 1)
})

test('another request from the same port ends the transfer before it', async () => {
  const { network, server, sightings } = stage({ one: pattern(2_000), two: pattern(2_000) })
  const client = speaker(network)
  client.say(read('one'))
  await network.run(10)
  client.say(read('two'))
  await network.run(50)
  assert.equal(server.sessionCount, 1)
  assert.deepEqual(
    sightings.map(({ file, outcome }) => [file, outcome]),
    [['one', 'cut-off']],
  )
})

test('RFC 1350 section 4: a stranger at a transfer gets error 5, and the transfer goes on', async () => {
  const { network, server } = stage({ file: pattern(2_000) })
  const client = speaker(network)
  client.say(read('file'))
  await network.run(10)
  const transferPort = client.heard[0]?.port ?? 0
  const stranger = speaker(network, '10.0.0.66')
  for (let round = 0; round < 10; round += 1) stranger.say({ kind: 'ack', block: 1 }, transferPort)
  await network.run(20)
  assert.deepEqual(
    stranger.heard.map(({ packet }) => packet.kind === 'error' && packet.code),
    [5, 5, 5, 5],
  )
  assert.equal(server.sessionCount, 1)
  client.say({ kind: 'ack', block: 1 }, transferPort)
  await network.run(30)
  assert.equal(client.heard.at(-1)?.packet.kind === 'data', true)
})

test('packets of transfers long ago, and errors, are answered by nothing', async () => {
  const { network } = stage({})
  const client = speaker(network)
  client.say({ kind: 'ack', block: 1 })
  client.say({ kind: 'error', code: 5, text: 'who are you' })
  client.say({ kind: 'data', block: 1, bytes: pattern(4) })
  await network.run(100)
  assert.deepEqual(client.heard, [])
})

test('the size probe of UEFI firmware is told as a probe, and the transfer after it as whole', async () => {
  const { network, sightings } = stage({ 'snponly.efi': pattern(5_000) })
  const client = speaker(network)
  client.say({ ...read('snponly.efi'), options: [...fast] })
  await network.run(10)
  assert.equal(client.heard[0]?.packet.kind, 'options-ack')
  client.say({ kind: 'error', code: 8, text: 'User aborted the transfer' }, client.heard[0]?.port)
  await network.run(20)
  const loader = new Loader(network, '10.0.0.9', { file: 'snponly.efi', options: fast })
  loader.start()
  await network.run(1_000)
  assert.deepEqual(
    sightings.map(({ outcome, bytes, address }) => [outcome, bytes, address && formatIp4(address)]),
    [
      ['probe', 0, '10.0.0.9'],
      ['whole', 5_000, '10.0.0.9'],
    ],
  )
})

test('when every session is in use, the machine that holds most gives way to one that holds none', async () => {
  const { network, server, sightings } = stage({ file: pattern(20_000) }, { sessionsMax: 10 })
  for (let at = 0; at < 10; at += 1) speaker(network, '10.0.0.66').say(read('file'))
  await network.run(5)
  const loader = new Loader(network, '10.0.0.9', { file: 'file', options: fast })
  loader.start()
  await network.run(500)
  assert.equal(loader.bytes.length, 20_000)
  assert.ok(server.sessionCount <= 10)
  assert.match(sightings[0]?.why ?? '', /too many transfers/)
})

test('when every session is in use fairly, one more is told to try again', async () => {
  const { network } = stage({ file: pattern(20_000) }, { sessionsMax: 3 })
  for (const last of [1, 2, 3]) speaker(network, `10.0.9.${last}`).say(read('file'))
  await network.run(5)
  const client = speaker(network)
  client.say(read('file'))
  await network.run(20)
  assert.deepEqual(
    client.heard.map(({ packet }) => packet.kind === 'error' && packet.code),
    [0],
  )
})

test('of a flood of bad requests some are answered, a few are told, and none is forgotten in the count', async () => {
  const { network, sightings } = stage({ file: pattern(10) })
  const client = speaker(network)
  for (let at = 0; at < 500; at += 1) client.sayBytes(Buffer.from('\0\x01nothing'))
  await network.run(100)
  assert.equal(client.heard.length, answersPerAddressPerSecondMax)
  assert.equal(sightings.length, 10)
  const other = speaker(network, '10.0.0.10')
  other.say(read('nothing'))
  client.say(read('file'))
  await network.run(200)
  assert.equal(other.heard.length, 1, 'another machine is told')
  assert.equal(client.heard.at(-1)?.packet.kind, 'data', 'what is right is served')
  await network.run(1_500)
  client.say(read('nothing'))
  await network.run(1_600)
  assert.match(sightings.at(-1)?.why ?? '', /491 more before it/)
})

test('a server that is closed keeps no port and no timer', async () => {
  const { network, server } = stage({ file: pattern(2_000) })
  speaker(network).say(read('file'))
  await network.run(10)
  await server.close()
  assert.equal(network.openPorts, 1)
})
