// Why this file exists: the image is written once, from first byte to last, without a copy of it in memory.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, lstatSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import type { Content, Contents } from './contents.ts'
import { cpioHeader, cpioPadding, cpioTrailer } from './cpio.ts'

export interface Archive {
  readonly bytes: number
  readonly unpackedBytes: number
  readonly sha256: string
}

const readBytes = 2 ** 20
/** The page of memory that a file's last byte occupies whole, once unpacked. */
const pageBytes = 4096

/** Writes an initramfs of `contents`; equal contents give equal bytes. `onBytes` hears how far it is. */
export async function writeArchive(
  contents: Contents,
  file: string,
  options: { readonly level: number; readonly onBytes: (bytes: number) => void },
): Promise<Archive> {
  let bytes = 0
  const hash = createHash('sha256')
  const compress = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: options.level },
  })
  await pipeline(
    archiveBytes(contents, options.onBytes),
    compress,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const part of source) {
        bytes += part.length
        hash.update(part)
        yield part
      }
    },
    createWriteStream(file),
  )
  return { bytes, unpackedBytes: unpackedBytes(contents), sha256: hash.digest('hex') }
}

/** What the image occupies in a host's memory. */
export function unpackedBytes(contents: Contents): number {
  const sizes = [...contents.values()].map((content) => Math.ceil(sizeOf(content) / pageBytes))
  return sizes.reduce((sum, pages) => sum + pages * pageBytes, 0)
}

async function* archiveBytes(
  contents: Contents,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const paths = [...contents.keys()].toSorted()
  let sum = 0
  for (const [index, path] of paths.entries()) {
    const content = contents.get(path)
    if (content === undefined) continue
    const bytes = content.kind === 'link' ? Buffer.byteLength(content.target) : sizeOf(content)
    const permissions = permissionsOf(content)
    const entry = { path: path.slice(1), kind: content.kind, permissions, bytes }
    yield cpioHeader(entry, index + 1)
    if (content.kind === 'link') yield Buffer.from(content.target)
    if (content.kind === 'file') yield* fileBytes(content.source)
    yield cpioPadding(bytes)
    sum += bytes
    onBytes(sum)
  }
  yield cpioTrailer()
}

async function* fileBytes(source: string): AsyncGenerator<Buffer> {
  const parts: AsyncIterable<Buffer> = createReadStream(source, { highWaterMark: readBytes })
  yield* parts
}

function sizeOf(content: Content): number {
  return content.kind === 'file' ? lstatSync(content.source).size : 0
}

function permissionsOf(content: Content): number {
  if (content.kind === 'link') return 0o777
  return content.kind === 'folder' || content.executable ? 0o755 : 0o644
}
