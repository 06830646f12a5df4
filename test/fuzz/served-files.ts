// Why this file exists: boot files as wire holds them, with secrets beside their folder and links that lead there, so that a
// byte of those would be known wherever it shows.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeldFiles } from '#pxe'
import { toNetascii } from '../../src/pxe/tftp/netascii.ts'

export const secret = "this is nobody's business"
const longer = 70_000

export const contents: Readonly<Record<string, Buffer>> = {
  'snponly.efi': Buffer.from(
    Uint8Array.from({ length: longer }, (_, at) => (at * 31) ^ (at >>> 8)),
  ),
  'kvm-host/vmlinuz': Buffer.from('a kernel\r\nof two lines\n'.repeat(40)),
  'one-block': Buffer.alloc(512, 7),
  empty: Buffer.alloc(0),
}

/** What may be sent of each: as it is, or as text. */
export const servable: readonly Buffer[] = Object.values(contents).flatMap((bytes) => [
  bytes,
  Buffer.from(toNetascii(bytes)),
])

/** Read once; the folder is gone when this resolves. */
async function held(): Promise<HeldFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-served-'))
  const root = join(folder, 'boot')
  try {
    mkdirSync(join(root, 'kvm-host'), { recursive: true })
    for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(root, name), bytes)
    writeFileSync(join(folder, 'key.pem'), secret)
    symlinkSync('../key.pem', join(root, 'link.pem'))
    symlinkSync('..', join(root, 'out'))
    const roots = [{ folder: root, prefix: '' }]
    return await HeldFiles.open({ roots, onFault: () => undefined, now: () => 0 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

let files: Promise<HeldFiles> | undefined

export function servedFiles(): Promise<HeldFiles> {
  files ??= held()
  return files
}

/** Names that were meant as ways out, and some that are right. */
export const askedNames = [
  'snponly.efi',
  '/snponly.efi',
  'kvm-host/vmlinuz',
  'one-block',
  'empty',
  'link.pem',
  'out/key.pem',
  '../key.pem',
  'kvm-host/../../key.pem',
  '..\\key.pem',
  '/etc/passwd',
  'C:\\boot.ini',
  '%2e%2e/key.pem',
  'snponly.efi\n',
  '__proto__',
  'toString',
  'x'.repeat(500),
] as const
