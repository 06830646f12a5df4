// Why this file exists: to read 100,000 machines takes seconds, in which core could answer nobody; long files are read in
// a thread of their own, with an end in time and in memory.
import { Worker } from 'node:worker_threads'
import { importFiles, type ImportResult } from '#exchange'
import { Fault } from '#fault'
import type { ImportOrder } from './import-worker.ts'

/** Shorter than a thread takes to start. */
const charactersAtOnceMax = 256 * 1024
const readMsMax = 120_000
const heapMegabytesMax = 3_072

export async function readImport(order: ImportOrder): Promise<ImportResult> {
  const { files, options } = order
  const characters = files.reduce((sum, { text }) => sum + text.length, 0)
  if (characters <= charactersAtOnceMax) return importFiles(files, options)
  const worker = new Worker(new URL('./import-worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
  })
  const { promise, resolve, reject } = Promise.withResolvers<ImportResult>()
  const late = setTimeout(
    () => reject(unread(order, `it takes longer than ${readMsMax / 1000} s`)),
    readMsMax,
  )
  worker.once('message', (result: ImportResult) => resolve(result))
  worker.once('error', (error) =>
    reject(unread(order, error instanceof Error ? error.message : String(error))),
  )
  worker.once('exit', () => reject(unread(order, 'its reader ended without an answer')))
  try {
    return await promise
  } finally {
    clearTimeout(late)
    await worker.terminate()
  }
}

function unread({ files }: ImportOrder, why: string): Fault {
  return new Fault('CPC-IMP-003', {
    what: 'the files cannot be read to their end',
    where: files.map(({ name }) => name).join(' '),
    why,
    todo: 'cut them in parts, and import one after the other',
  })
}
