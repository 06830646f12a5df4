// Why this file exists: a recipe may say only what it has beyond another one, so that two images that are nearly the same
// are written down once; everyone else sees one recipe and a few folders.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '#fault'
import {
  addPart,
  extendRecipe,
  type Parsed,
  parseExtension,
  parsePart,
  parseRecipe,
  type Recipe,
} from './recipe.ts'

export interface RecipeSource {
  readonly recipe: Recipe
  /** Its own recipe.yaml. */
  readonly file: string
  /** All that was read: recipe.yaml, that of the recipe it extends, and parts. */
  readonly files: readonly string[]
  /** Folders of files of our own that are laid over all else; of two that have the same file the later one counts. */
  readonly overlays: readonly string[]
  /** The same for the small initrd of a disk. */
  readonly initrdOverlays: readonly string[]
}

const extendsLine = /^extends:/m
/** Beside the folders of recipes. */
const partsFolder = 'parts'

/** `recipeDir` holds recipe.yaml; a recipe that it extends lies in a folder beside it. */
export function readSource(recipeDir: string): RecipeSource {
  const file = join(recipeDir, 'recipe.yaml')
  const text = readFileSync(file, 'utf8')
  if (!extendsLine.test(text)) return sourceOf(accept(parseRecipe(text), file), [recipeDir])
  const extension = accept(parseExtension(text), file)
  const baseDir = join(dirname(recipeDir), extension.extends)
  const baseFile = join(baseDir, 'recipe.yaml')
  const base = accept(parseRecipe(readNamed(baseFile, file)), baseFile)
  return sourceOf(extendRecipe(base, extension), [baseDir, recipeDir])
}

function sourceOf(recipe: Recipe, folders: readonly string[]): RecipeSource {
  const below = (name: string): string[] =>
    folders.map((folder) => join(folder, name)).filter((path) => existsSync(path))
  const files = folders.map((folder) => join(folder, 'recipe.yaml'))
  const parts = recipe.includes.map((name) =>
    join(dirname(folders[0] ?? ''), partsFolder, `${name}.yaml`),
  )
  const whole = parts.reduce(
    (sum, part) => addPart(sum, accept(parsePart(readNamed(part, files[0] ?? '')), part)),
    recipe,
  )
  return {
    recipe: whole,
    file: files.at(-1) ?? '',
    files: [...files, ...parts],
    overlays: below('root'),
    initrdOverlays: below('initrd'),
  }
}

/** A file that another one names. */
function readNamed(file: string, namedBy: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8')
  throw new Fault('CPC-RCP-001', {
    what: 'the recipe needs another file that is not there',
    where: namedBy,
    why: `there is no ${file}`,
    todo: 'under extends write the name of a folder beside this recipe, under includes that of a file in parts',
  })
}

function accept<Value>(parsed: Parsed<Value>, file: string): Value {
  if (parsed.ok) return parsed.value
  const [first] = parsed.refusal
  throw new Fault('CPC-RCP-001', {
    what: 'the recipe cannot be read',
    where: `${file}:${first?.line ?? 1}:${first?.column ?? 1}`,
    why: parsed.refusal.map(({ line, why }) => `line ${line}: ${why}`).join('; '),
    todo: 'correct these lines',
  })
}
