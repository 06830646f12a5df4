// Why this file exists: an upload is hashed while it arrives and lies under a name that nobody reads until it is whole, safe
// on the disk and looked at (HOSTILE 50, 52).
import type { ImageDigest } from './digest.ts'
import { Digester } from './digest.ts'
import { cutOff, storing, tooManyBytes } from './faults.ts'
import type { ImageFs, ImageFsFile } from './image-fs.ts'

export interface ImageClock {
  /** Wall time in milliseconds. */
  now(): number
  /** Runs once, later; the answer takes it back. */
  after(millis: number, run: () => void): () => void
}

export interface Announced {
  readonly bytes?: number
  readonly digest?: ImageDigest
}

export interface Upload {
  readonly stream: AsyncIterable<Uint8Array>
  readonly where: string
  readonly bytesMax: number
  /** A sender that is silent for so long is gone. */
  readonly silenceMsMax: number
  readonly announced: Announced
}

export interface Draft {
  readonly path: string
  readonly digest: ImageDigest
  readonly bytes: number
}

interface Means {
  readonly fs: ImageFs
  readonly clock: ImageClock
}

export async function receiveDraft(means: Means, path: string, upload: Upload): Promise<Draft> {
  const { announced, where, bytesMax } = upload
  if ((announced.bytes ?? 0) > bytesMax) throw tooManyBytes(where, bytesMax)
  const file = await storing(where, () => means.fs.create(path))
  const received = await closing(where, file, () => writeDown(means.clock, file, upload))
  if (announced.bytes !== undefined && announced.bytes !== received.bytes) {
    throw cutOff(where, `${received.bytes} bytes came, ${announced.bytes} were announced`)
  }
  if (announced.digest !== undefined && announced.digest !== received.digest) {
    throw cutOff(where, `what came is ${received.digest}, announced was ${announced.digest}`)
  }
  return { path, ...received }
}

/** Some file systems tell at the end only that the disk was full. */
async function closing<T>(where: string, file: ImageFsFile, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } finally {
    await storing(where, () => file.close())
  }
}

async function writeDown(clock: ImageClock, file: ImageFsFile, upload: Upload) {
  const { where, bytesMax } = upload
  const digester = new Digester()
  let bytes = 0
  for await (const chunk of timely(clock, upload)) {
    bytes += chunk.length
    if (bytes > bytesMax) throw tooManyBytes(where, bytesMax)
    digester.take(chunk)
    await storing(where, () => writeAll(file, chunk))
  }
  await storing(where, () => file.sync())
  return { bytes, digest: digester.end() }
}

/** The stream's chunks; its failure and its silence become our fault. Whoever opened a silent stream closes it. */
async function* timely(clock: ImageClock, upload: Upload): AsyncGenerator<Uint8Array> {
  const iterator = upload.stream[Symbol.asyncIterator]()
  let silent = false
  try {
    while (true) {
      const next = await beforeSilence(clock, upload, iterator.next()).catch((error: unknown) => {
        silent = true
        throw error
      })
      if (next.done === true) return
      yield next.value
    }
  } finally {
    if (!silent) await iterator.return?.()
  }
}

function beforeSilence<T>(clock: ImageClock, upload: Upload, next: Promise<T>): Promise<T> {
  const { where, silenceMsMax } = upload
  return new Promise((resolve, reject) => {
    const cancel = clock.after(silenceMsMax, () =>
      reject(cutOff(where, `nothing came for ${silenceMsMax / 1000} s`)),
    )
    next.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (error: unknown) => {
        cancel()
        reject(cutOff(where, 'the connection broke', error))
      },
    )
  })
}

/** A write may take fewer bytes than it was given; one that takes none never will. */
export async function writeAll(file: ImageFsFile, bytes: Uint8Array): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const taken = await file.write(bytes.subarray(written))
    if (taken <= 0) throw new Error('the file system takes no more bytes')
    written += taken
  }
}
