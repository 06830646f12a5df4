// Why this file exists: files are read here and judged by the appliance, under the names that the person knows.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { Fault } from '#fault'
import type { CliIo } from '../io.ts'

/** Of one file; what all may have together the appliance knows. */
const fileBytesMax = 64 * 1024 * 1024

/** `-` is standard input. */
export async function readSources(
  names: readonly string[],
  { stdin }: Pick<CliIo, 'stdin'>,
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const sources: { name: string; text: string }[] = []
  for (const name of names) {
    sources.push(
      name === '-' ? { name: 'standard-input', text: await stdin() } : { name, text: textOf(name) },
    )
  }
  return sources
}

function textOf(name: string): string {
  try {
    const descriptor = openSync(name, 'r')
    try {
      const { size } = fstatSync(descriptor)
      if (size > fileBytesMax)
        throw new Error(`it has ${size} bytes, and ${fileBytesMax} are the most`)
      return readFileSync(descriptor, 'utf8')
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Fault(
      'CPC-CLI-007',
      {
        what: 'a file to import cannot be read',
        where: name,
        why,
        todo: 'give files that you may read',
      },
      { cause },
    )
  }
}
