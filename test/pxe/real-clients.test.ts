// Why this file exists: RFCs are read differently; the clients that people have are the judges. Real sockets, loopback.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { TransferSighting } from '#feed'
import { boundTcpDescriptor, openBoundUdp } from '#net'
import { BootHttpServer } from '../../src/pxe/http/server.ts'
import { TftpServer } from '../../src/pxe/tftp/server.ts'
import { needs, needsRoot } from '../needs.ts'
import { filesOf, pattern } from './tftp/stage.ts'

const run = promisify(execFile)
const deadlineMillis = 20_000
const loopback = { interfaceName: 'lo', address: '127.0.0.1', port: 0 }
const root = needsRoot()

// 70,000 blocks of 512 octets: the block number wraps.
const contents = {
  'snponly.efi': pattern(174_000),
  'exact.bin': pattern(1_428 * 8),
  'empty.bin': new Uint8Array(0),
  'script.txt': Buffer.from('one\ntwo\n'),
  'kvm-host/initrd': Buffer.alloc(512 * 70_000, 'coppice '),
}
type Name = keyof typeof contents

const sightings: TransferSighting[] = []
let folder = ''
let tftpPort = '0'
let httpPort = 0
let close = async (): Promise<void> => undefined

before(async () => {
  if (root.skip !== undefined) return
  folder = mkdtempSync(join(tmpdir(), 'coppice-clients-'))
  const files = filesOf(contents)
  const port = await openBoundUdp({ ...loopback, receiveBufferBytes: 4_194_304 })
  const wall = () => Date.now()
  const now = () => performance.now()
  const onTransfer = (sighting: TransferSighting) => void sightings.push(sighting)
  const tftp = new TftpServer({
    port,
    openTransferPort: () => openBoundUdp(loopback),
    files,
    clock: {
      now,
      wall,
      every: (millis, call) => {
        const timer = setInterval(call, millis)
        return () => clearInterval(timer)
      },
    },
    onTransfer,
  })
  const onError = (error: unknown) => assert.fail(String(error))
  const http = new BootHttpServer({ files, routes: {}, onTransfer, onError, clock: { now, wall } })
  httpPort = await http.listen({ fd: boundTcpDescriptor(loopback) })
  tftpPort = String(port.port)
  close = async () => {
    await Promise.all([tftp.close(), http.close()])
  }
})

after(async () => {
  await close()
  if (folder !== '') rmSync(folder, { recursive: true })
})

async function fetchedBy(program: string, argv: readonly string[], into: string) {
  await run(program, [...argv], { timeout: deadlineMillis, cwd: folder })
  return readFileSync(join(folder, into))
}

const atftp = { ...root, ...needs('atftp', '/usr/bin/atftp') }
for (const options of [
  [],
  ['blksize 1468'],
  ['blksize 1468', 'windowsize 4'],
  ['blksize 1468', 'windowsize 64', 'tsize 0', 'timeout 2'],
]) {
  for (const name of ['snponly.efi', 'exact.bin', 'empty.bin'] as const satisfies Name[]) {
    test(`atftp gets ${name} with ${options.join(', ') || 'no options'}`, atftp, async () => {
      const argv = options.flatMap((option) => ['--option', option])
      const got = await fetchedBy(
        'atftp',
        [...argv, '--get', '-r', name, '-l', 'atftp.out', '127.0.0.1', tftpPort],
        'atftp.out',
      )
      assert.ok(got.equals(contents[name]))
      assert.equal(sightings.at(-1)?.outcome, 'whole')
    })
  }
}

test('HOSTILE 19: atftp gets 70,001 blocks of 512 octets across the wrap', atftp, async () => {
  const argv = ['--option', 'windowsize 32', '--get', '-r', 'kvm-host/initrd', '-l', 'wrap.out']
  const got = await fetchedBy('atftp', [...argv, '127.0.0.1', tftpPort], 'wrap.out')
  assert.ok(got.equals(contents['kvm-host/initrd']))
})

const hpa = { ...root, ...needs('tftp-hpa', '/usr/bin/tftp') }
test('the plain tftp program gets a file in binary', hpa, async () => {
  const argv = ['-m', 'binary', '127.0.0.1', tftpPort, '-c', 'get', 'snponly.efi', 'hpa.out']
  assert.ok((await fetchedBy('tftp', argv, 'hpa.out')).equals(contents['snponly.efi']))
})

test('the plain tftp program gets a text in netascii, as it asks by default', hpa, async () => {
  const argv = ['127.0.0.1', tftpPort, '-c', 'get', 'script.txt', 'text.out']
  assert.equal(String(await fetchedBy('tftp', argv, 'text.out')), 'one\ntwo\n')
})

const busybox = { ...root, ...needs('busybox-static', '/usr/bin/busybox') }
for (const name of ['snponly.efi', 'exact.bin', 'empty.bin'] as const satisfies Name[]) {
  test(`busybox gets ${name} by TFTP`, busybox, async () => {
    const argv = [
      'tftp',
      '-g',
      '-b',
      '1428',
      '-r',
      name,
      '-l',
      'busybox.out',
      '127.0.0.1',
      tftpPort,
    ]
    assert.ok((await fetchedBy('busybox', argv, 'busybox.out')).equals(contents[name]))
  })
}

const curl = { ...root, ...needs('curl', '/usr/bin/curl') }
for (const name of ['snponly.efi', 'exact.bin'] as const satisfies Name[]) {
  test(`curl gets ${name} by TFTP`, curl, async () => {
    const argv = ['-sS', '-o', 'curl.out', `tftp://127.0.0.1:${tftpPort}/${name}`]
    assert.ok((await fetchedBy('curl', argv, 'curl.out')).equals(contents[name]))
  })
}

test('curl is told by TFTP that a file does not exist', curl, async () => {
  const argv = ['-sS', '-o', 'none.out', `tftp://127.0.0.1:${tftpPort}/none`]
  // 68 is CURLE_TFTP_NOTFOUND.
  await assert.rejects(run('curl', argv, { timeout: deadlineMillis, cwd: folder }), { code: 68 })
})

test('curl gets an initrd by HTTP, and goes on in its middle after a cut', curl, async () => {
  const url = `http://127.0.0.1:${httpPort}/kvm-host/initrd`
  const first = ['-sS', '-r', '0-999999', '-o', 'http.out', url]
  assert.equal((await fetchedBy('curl', first, 'http.out')).length, 1_000_000)
  const rest = ['-sS', '-C', '-', '-o', 'http.out', url]
  assert.ok((await fetchedBy('curl', rest, 'http.out')).equals(contents['kvm-host/initrd']))
})

test('curl asks by HTTP for what it has already, and nothing comes', curl, async () => {
  const url = `http://127.0.0.1:${httpPort}/snponly.efi`
  const argv = (into: string, ...more: string[]) => [
    '-sS',
    '-o',
    into,
    '-w',
    '%{http_code}',
    ...more,
    url,
  ]
  await run('curl', argv('first.out', '--etag-save', 'tag'), { cwd: folder })
  const again = await run('curl', argv('second.out', '--etag-compare', 'tag'), { cwd: folder })
  assert.equal(again.stdout, '304')
})
