// Why this file exists: files are read here and judged by the appliance, under the names that the person knows.
import type { CliIo } from '../io.ts'
import { readGivenFile } from '../program/given-file.ts'

/** Of one; what all may have together the appliance knows. */
const importFile = { what: 'a file to import', bytesMax: 64 * 1024 * 1024 }

/** `-` is standard input. */
export async function readSources(
  names: readonly string[],
  { stdin }: Pick<CliIo, 'stdin'>,
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const sources: { name: string; text: string }[] = []
  for (const name of names) {
    sources.push(
      name === '-'
        ? { name: 'standard-input', text: await stdin() }
        : { name, text: readGivenFile(name, importFile) },
    )
  }
  return sources
}
