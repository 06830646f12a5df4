// Why this file exists: the version stands once, in package.json, which lies beside src/ and lib/ alike.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const version = readVersion(join(import.meta.dirname, '../../package.json'))

function readVersion(path: string): string {
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof content === 'object' && content !== null && 'version' in content)
    return String(content.version)
  throw new Error(`${path} has no version`)
}
