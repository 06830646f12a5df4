// Why this file exists: a cluster file is read here and judged by the appliance, under the name that the person knows.
import { closeSync, openSync, readSync } from 'node:fs'
import type { ClusterFile } from '#api'
import { Fault } from '#fault'
import type { CliIo } from '../io.ts'

/** Many thousand lines; nobody means a disk image. */
const fileBytesMax = 1024 * 1024

/** `-` is standard input. */
export async function readClusterFile(file: string, { stdin }: CliIo): Promise<ClusterFile> {
  if (file === '-') return { name: 'standard input', text: await stdin() }
  try {
    return { name: file, text: textOf(file) }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Fault(
      'CPC-CLI-007',
      {
        what: 'the cluster file cannot be read',
        where: file,
        why,
        todo: 'give a file that you may read',
      },
      { cause },
    )
  }
}

function textOf(file: string): string {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(fileBytesMax + 1)
    let read = 0
    while (read < bytes.length) {
      const count = readSync(descriptor, bytes, read, bytes.length - read, null)
      if (count === 0) break
      read += count
    }
    if (read > fileBytesMax) throw new Error(`it has more than ${fileBytesMax} bytes`)
    return bytes.toString('utf8', 0, read)
  } finally {
    closeSync(descriptor)
  }
}
