// Why this file exists: the thread in which long files are read, so that core goes on answering meanwhile.
import { parentPort, workerData } from 'node:worker_threads'
import { importFiles, type ImportOptions, type ImportResult, type SourceFile } from '#exchange'

export interface ImportOrder {
  readonly files: readonly SourceFile[]
  readonly options: ImportOptions
}

const port = parentPort
if (port && isOrder(workerData)) {
  const result: ImportResult = importFiles(workerData.files, workerData.options)
  port.postMessage(result)
}

/** Who starts this thread is in the next file; the rest of the value is his. */
function isOrder(value: unknown): value is ImportOrder {
  return typeof value === 'object' && value !== null && 'files' in value && 'options' in value
}
