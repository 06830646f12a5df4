// Why this file exists: from the programs that a recipe names to everything that must lie beside them to start.
import { posix } from 'node:path'
import { type Elf, readElf } from './elf.ts'
import { followPath, mergedPath, type Tree } from './tree.ts'

export interface Missing {
  readonly what: string
  readonly neededBy: string
}

export interface Gathered {
  readonly paths: ReadonlySet<string>
  readonly missing: readonly Missing[]
}

/** Where Debian's dynamic loader looks. */
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib', '/usr/lib64']

/** `read` gives the bytes of a file of the tree. Nothing else is touched. */
export function gatherPrograms(
  tree: Tree,
  programs: readonly string[],
  read: (path: string) => Uint8Array,
): Gathered {
  const paths = new Set<string>()
  const missing: Missing[] = []
  const open = programs.map((path) => ({ path, neededBy: 'the recipe' }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const steps = followPath(tree, next.path)
    const file = steps?.at(-1)
    if (steps === undefined || file === undefined) {
      missing.push({ what: next.path, neededBy: next.neededBy })
      continue
    }
    const known = paths.has(file)
    for (const step of steps) paths.add(step)
    if (known) continue
    const elf = readElf(read(file))
    if (elf.kind === 'broken') missing.push({ what: `${file} (${elf.why})`, neededBy: 'itself' })
    for (const path of needsOf(tree, file, elf)) open.push({ path, neededBy: file })
  }
  return { paths, missing }
}

function needsOf(tree: Tree, file: string, elf: Elf): readonly string[] {
  if (elf.kind !== 'elf') return []
  const own = elf.searched.map((folder) =>
    mergedPath(posix.normalize(folder.replaceAll(/\$ORIGIN|\$\{ORIGIN\}/g, posix.dirname(file)))),
  )
  const found = elf.needed.map((name) => findLibrary(tree, [...own, ...libraryFolders], name))
  return elf.interpreter === undefined ? found : [elf.interpreter, ...found]
}

/** The bare name when it is nowhere, so that the report names what was looked for. */
function findLibrary(tree: Tree, folders: readonly string[], name: string): string {
  const folder = folders.find((one) => followPath(tree, posix.join(one, name)) !== undefined)
  return folder === undefined ? name : posix.join(folder, name)
}
