// Why this file exists: Node refuses .ts below node_modules, so what is packed holds stripped .js, made here and never
// committed. Types are taken out and nothing else changes: lines keep their numbers.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const from = join(root, 'src')
const to = join(root, 'lib')

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name)
    return item.isDirectory() ? filesBelow(path) : [path]
  })
}

/** Only what stands in a specifier: `from './x.ts'`, `import('./x.ts')`, `new URL('./x.ts', …)`. */
function withJsSpecifiers(code: string): string {
  return code.replaceAll(
    /(from\s*|import\s*\(\s*|import\s+|new URL\(\s*)'(\.{1,2}\/[^']+)\.ts'/g,
    "$1'$2.js'",
  )
}

rmSync(to, { recursive: true, force: true })
const sources = filesBelow(from).filter((path) => path.endsWith('.ts'))
for (const path of sources) {
  const target = join(to, relative(from, path)).replace(/\.ts$/, '.js')
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, withJsSpecifiers(stripTypeScriptTypes(readFileSync(path, 'utf8'))))
}
process.stdout.write(`stripped ${sources.length} files into ${relative(root, to)}/\n`)
