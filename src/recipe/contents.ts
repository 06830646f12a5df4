// Why this file exists: one list of everything that lies in the image, from whichever part of the recipe it comes.
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { Fault } from '#fault'
import type { Kernel } from './kernel.ts'
import { gatherPrograms, type Missing } from './libraries.ts'
import type { Recipe } from './recipe.ts'
import { matchPaths, mergedPath, type Tree } from './tree.ts'

export type Content =
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; readonly source: string; readonly executable: boolean }

/** Absolute path to what lies there. */
export type Contents = ReadonlyMap<string, Content>

export interface Ingredients {
  readonly recipe: Recipe
  readonly tree: Tree
  readonly kernel: Kernel
  /** Paths, less the leading slash, of the programs that busybox can play. */
  readonly applets: readonly string[]
  /** Folders whose files are laid over all else, the last one over the others. */
  readonly overlays: readonly string[]
}

const mergedFolders = ['bin', 'sbin', 'lib', 'lib64']

export function gatherContents(from: Ingredients): Contents {
  const { recipe } = from
  const tree = linkedTree(from)
  const contents = new Map<string, Content>()
  const programs = gatherPrograms(
    tree,
    recipe.programs.flatMap((one) => expand(tree, one)),
    (path) => readFileSync(sourceOf(tree, path)),
  )
  const files = recipe.files.map((pattern) => ({ pattern, found: matchPaths(tree, pattern) }))
  const missing = [
    ...programs.missing,
    ...files
      .filter(({ found }) => found.length === 0)
      .map(({ pattern }) => ({ what: pattern, neededBy: 'the recipe' })),
  ]
  if (missing.length > 0) throw missingFault(missing)
  for (const path of [...programs.paths, ...files.flatMap(({ found }) => found)])
    contents.set(path, contentOf(tree, path, programs.paths.has(path)))
  for (const [path, source] of from.kernel.files)
    contents.set(path, { kind: 'file', source, executable: false })
  for (const [path, target] of Object.entries(recipe.links))
    contents.set(mergedPath(path), { kind: 'link', target })
  addApplets(contents, from)
  for (const folder of mergedFolders)
    contents.set(`/${folder}`, { kind: 'link', target: `usr/${folder}` })
  for (const folder of recipe.directories) contents.set(mergedPath(folder), { kind: 'folder' })
  for (const overlay of from.overlays)
    for (const [path, content] of overlayFiles(overlay)) contents.set(path, content)
  return withParents(contents)
}

/** What the packages brought, and the recipe's links in it: a program may need a library by such a name. */
function linkedTree({ recipe, tree }: Ingredients): Tree {
  const links = Object.entries(recipe.links)
  return new Map([
    ...tree,
    ...links.map(([path, target]) => [mergedPath(path), { kind: 'link', target }] as const),
  ])
}

/** A pattern that matches nothing stays as it is, to be reported as missing. */
function expand(tree: Tree, pattern: string): readonly string[] {
  const found = matchPaths(tree, pattern)
  return found.length === 0 ? [pattern] : found
}

function sourceOf(tree: Tree, path: string): string {
  const item = tree.get(path)
  return item?.kind === 'file' ? item.source : ''
}

function contentOf(tree: Tree, path: string, isProgram: boolean): Content {
  const item = tree.get(path)
  return item?.kind === 'link'
    ? { kind: 'link', target: item.target }
    : { kind: 'file', source: sourceOf(tree, path), executable: isProgram }
}

/** A program of a package goes before the applet of the same name, in whichever of the two folders it lies. */
function addApplets(contents: Map<string, Content>, { recipe, applets }: Ingredients): void {
  const { busybox } = recipe
  if (busybox === undefined) return
  for (const applet of applets) {
    const name = posix.basename(applet)
    const taken = ['/usr/bin/', '/usr/sbin/'].some((folder) => contents.has(folder + name))
    if (!taken)
      contents.set(mergedPath(`/${applet}`), { kind: 'link', target: mergedPath(busybox) })
  }
}

/** What a checkout calls executable depends on who unpacked it; a first line `#!` does not. */
export function overlayFiles(folder: string): readonly (readonly [string, Content])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => {
      const source = join(item.parentPath, item.name)
      const executable = readFileSync(source).subarray(0, 2).toString() === '#!'
      const path = mergedPath(source.slice(folder.length))
      return [path, { kind: 'file', source, executable }] as const
    })
}

export function withParents(contents: ReadonlyMap<string, Content>): Contents {
  const all = new Map(contents)
  for (const path of contents.keys()) {
    for (let at = posix.dirname(path); at !== '/'; at = posix.dirname(at))
      if (!all.has(at)) all.set(at, { kind: 'folder' })
  }
  return all
}

function missingFault(missing: readonly Missing[]): Fault {
  return new Fault('CPC-RCP-007', {
    what: 'the packages do not hold all that the recipe wants',
    where: missing.map(({ what, neededBy }) => `${what}, for ${neededBy}`).join('; '),
    why: 'a path is misspelt, its package is not named, or it was left out',
    todo: 'correct programs, files, packages or leave-out in recipe.yaml',
  })
}
