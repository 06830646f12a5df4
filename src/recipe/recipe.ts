// Why this file exists: a recipe is written by people, so each mistake in it is shown with its line, and all of them
// together.
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'

export interface RecipeProblem {
  readonly line: number
  readonly column: number
  readonly why: string
}

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: readonly RecipeProblem[] }

const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'not a Debian package name')
const packagePattern = z.string().regex(/^[a-z0-9][a-z0-9+.*-]+$/, 'not a Debian package name')
const absolutePath = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9_.+@*:,-]+)+$/, 'not an absolute path')
  .refine((path) => !path.split('/').includes('..'), 'a path may not climb with ..')
const linkTarget = z.string().regex(/^[A-Za-z0-9_.+/-]+$/, 'not a path')
const moduleWord = z.string().regex(/^[A-Za-z0-9_*-]+$/, 'not a module name')
const unitBytes = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const
const size = z
  .string()
  .regex(/^\d{1,6}(KiB|MiB|GiB)$/, 'not a size like 48MiB')
  .transform((text) => {
    const unit = text.endsWith('KiB') ? 'KiB' : text.endsWith('MiB') ? 'MiB' : 'GiB'
    return Number.parseInt(text, 10) * unitBytes[unit]
  })

const recipeName = z.string().regex(/^[a-z0-9-]{1,40}$/, 'lower-case letters, digits and -')
const kernelWord = z.string().regex(/^[A-Za-z0-9_.,:=/+-]{1,100}$/, 'not a kernel parameter')

/** What a recipe lists, and a recipe that extends it lists more of. */
const lists = {
  'leave-out': z.array(packagePattern).default([]),
  programs: z.array(absolutePath).default([]),
  files: z.array(absolutePath).default([]),
  /** Libraries whose tables are replaced by zeros, because nothing in the image reads them. */
  hollow: z.array(absolutePath).default([]),
  /** Folders that stay compressed in the memory of the host, each a file system of its own. */
  squash: z.array(absolutePath).default([]),
  links: z.record(absolutePath, linkTarget).default({}),
  directories: z.array(absolutePath).default([]),
  modules: z.array(moduleWord).default([]),
}

/** What several recipes need alike. */
const partShape = z.strictObject({ packages: z.array(packageName).default([]), ...lists })

const recipeShape = z.strictObject({
  version: z.literal(1),
  name: recipeName,
  /** Parts whose lists are added to those of this recipe. */
  includes: z.array(recipeName).default([]),
  kernel: z.strictObject({
    package: packageName,
    /** Other kernel packages that this recipe is known to work with, and the modules they add. */
    alternatives: z
      .record(
        packageName,
        z.strictObject({
          modules: z.array(moduleWord).default([]),
          'disk-modules': z.array(moduleWord).default([]),
        }),
      )
      .default({}),
  }),
  /** Makes a disk that boots by itself, instead of a kernel and an initrd for the network. */
  disk: z
    .strictObject({
      size,
      'kernel-parameters': z.array(kernelWord).default([]),
      /** Of its small initrd: what finds the root file system. */
      modules: z.array(moduleWord).min(1),
    })
    .optional(),
  packages: z.array(packageName).min(1),
  ...lists,
  busybox: absolutePath.optional(),
  'compression-level': z.int().min(1).max(19).default(15),
  limits: z.strictObject({ initrd: size, unpacked: size, disk: size.optional() }),
})

const extensionShape = partShape.extend({
  version: z.literal(1),
  name: recipeName,
  extends: recipeName,
  disk: z.strictObject({ size }).optional(),
  limits: z.strictObject({ initrd: size, unpacked: size, disk: size }).partial().default({}),
})

export type Recipe = Readonly<z.output<typeof recipeShape>>
/** What one recipe has beyond another, which it names. */
export type Extension = Readonly<z.output<typeof extensionShape>>
export type Part = Readonly<z.output<typeof partShape>>

/** The text of a recipe.yaml, or everything that is wrong with it. */
export function parseRecipe(text: string): Parsed<Recipe> {
  return parseText(text, recipeShape)
}

/** The text of a recipe.yaml that has the key `extends`. */
export function parseExtension(text: string): Parsed<Extension> {
  return parseText(text, extensionShape)
}

/** The text of a part, which is no recipe of its own. */
export function parsePart(text: string): Parsed<Part> {
  return parseText(text, partShape)
}

/** The recipe that `extension` makes of `base`: lists grow, a size goes before that of the base. */
export function extendRecipe(base: Recipe, extension: Extension): Recipe {
  return {
    ...addPart(base, extension),
    name: extension.name,
    ...(base.disk === undefined ? {} : { disk: { ...base.disk, ...extension.disk } }),
    limits: { ...base.limits, ...definedOnly(extension.limits) },
  }
}

export function addPart(recipe: Recipe, part: Part): Recipe {
  const both = <Key extends Exclude<keyof typeof lists, 'links'> | 'packages'>(
    key: Key,
  ): string[] => [...recipe[key], ...part[key]]
  return {
    ...recipe,
    packages: both('packages'),
    'leave-out': both('leave-out'),
    programs: both('programs'),
    files: both('files'),
    hollow: both('hollow'),
    squash: both('squash'),
    directories: both('directories'),
    modules: both('modules'),
    links: { ...recipe.links, ...part.links },
  }
}

function definedOnly({ initrd, unpacked, disk }: Extension['limits']): Partial<Recipe['limits']> {
  return {
    ...(initrd === undefined ? {} : { initrd }),
    ...(unpacked === undefined ? {} : { unpacked }),
    ...(disk === undefined ? {} : { disk }),
  }
}

function parseText<Shape extends z.ZodType>(text: string, shape: Shape): Parsed<z.output<Shape>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  if (document.errors.length > 0)
    return {
      ok: false,
      refusal: document.errors.map(({ pos, message }) => ({ ...at(pos[0]), why: message })),
    }
  const parsed = shape.safeParse(document.toJS())
  if (parsed.success) return { ok: true, value: parsed.data }
  return {
    ok: false,
    refusal: parsed.error.issues.map((issue) => ({
      ...at(offsetOf(document, issue)),
      why: `${issue.path.join('.') || 'the recipe'}: ${issue.message}`,
    })),
  }
}

/** Where the reader should look: the unknown key itself, the value, or the nearest thing around a missing one. */
function offsetOf(document: Document, issue: z.core.$ZodIssue): number {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (!isNode(node)) continue
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined
    const shown = isScalar(pair?.key) ? pair.key : node
    return shown.range?.[0] ?? 0
  }
  return 0
}
