// Why this file exists: every test of the image store needs the same surroundings: a clock that stands still, tools that
// look at memory, and words for the images that are pushed.
import { createHash } from 'node:crypto'
import { type Label, parseLabel } from '#directory'
import type { Fault } from '#fault'
import {
  Digester,
  type ImageClock,
  type ImageName,
  ImageStore,
  type ImageStoreOptions,
  type ImageTools,
  type ImageVersion,
  imageVersion,
  inspectHeader,
  parseImageName,
  type Push,
  sampleOf,
} from '#vocluster'
import type { MemoryFs } from './memory-fs.ts'
import { goodQcow2 } from './own-image.ts'

export const root = '/store'

export function label(text: string): Label {
  const found = parseLabel(text)
  if (found === undefined) throw new Error(text)
  return found
}

export function imageName(text: string): ImageName {
  const found = parseImageName(text)
  if (found === undefined) throw new Error(text)
  return found
}

export function version(value: number): ImageVersion {
  const found = imageVersion(value)
  if (found === undefined) throw new Error(`${value}`)
  return found
}

/** A clock whose time passes only when a test says so. */
export class HandClock implements ImageClock {
  #waiting: { readonly at: number; readonly run: () => void }[] = []
  #now = 1_700_000_000_000

  now(): number {
    return this.#now
  }

  after(millis: number, run: () => void): () => void {
    const one = { at: this.#now + millis, run }
    this.#waiting.push(one)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== one)
    }
  }

  pass(millis: number): void {
    this.#now += millis
    const due = this.#waiting.filter(({ at }) => at <= this.#now)
    for (const { run } of due) run()
  }
}

/** Our own reader, in this process. */
function toolsOver(fs: MemoryFs): ImageTools {
  return {
    inspect: async (path, format) => inspectHeader(sampleOf(fs.peek(path)), format),
    hash: async (path) => {
      const bytes = fs.peek(path)
      const digester = new Digester()
      digester.take(bytes)
      return { digest: digester.end(), bytes: bytes.length }
    },
  }
}

export interface OpenStore {
  readonly store: ImageStore
  readonly alarms: Fault[]
  readonly clock: HandClock
}

export async function openStore(
  fs: MemoryFs,
  options: Partial<ImageStoreOptions> = {},
): Promise<OpenStore> {
  const alarms: Fault[] = []
  const clock = new HandClock()
  let tokens = 0
  const store = await ImageStore.open({
    root,
    fs,
    clock,
    tools: toolsOver(fs),
    isUsed: () => Promise.resolve([]),
    newToken: () => `token${(tokens += 1)}`,
    onAlarm: (fault) => alarms.push(fault),
    ...options,
  })
  return { store, alarms, clock }
}

/** Good images that differ in their last bytes. */
export function imageBytes(which: string): Uint8Array<ArrayBuffer> {
  const file = goodQcow2()
  file.set(createHash('sha256').update(which).digest(), 0x20000)
  return file
}

export const pushOf = (changes: Partial<Push> = {}): Push => ({
  vo: label('physics'),
  name: imageName('voc-compute'),
  format: 'qcow2',
  by: 'ada',
  ...changes,
})

/** As a socket gives it: in pieces. */
export async function* inPieces(
  bytes: Uint8Array,
  pieceBytes = 50_000,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
