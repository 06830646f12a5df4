// Why this file exists: a cluster file is read here and judged by the appliance, under the name that the person knows.
import type { ClusterFile } from '#api'
import type { CliIo } from '../io.ts'
import { readGivenFile } from './given-file.ts'

/** Many thousand lines; nobody means a disk image. */
const clusterFile = { what: 'the cluster file', bytesMax: 1024 * 1024 }

/** `-` is standard input. */
export async function readClusterFile(file: string, { stdin }: CliIo): Promise<ClusterFile> {
  if (file === '-') return { name: 'standard input', text: await stdin() }
  return { name: file, text: readGivenFile(file, clusterFile) }
}
