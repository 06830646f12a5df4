// Why this file exists: a recipe is written by people, so each mistake in it is shown with its line, and all of them
// together.
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'

export interface RecipeProblem {
  readonly line: number
  readonly column: number
  readonly why: string
}

export type ParsedRecipe =
  | { readonly ok: true; readonly value: Recipe }
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

const recipeShape = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'lower-case letters, digits and -'),
  kernel: z.strictObject({
    package: packageName,
    /** Other kernel packages that this recipe is known to work with, and the modules they add. */
    alternatives: z
      .record(packageName, z.strictObject({ modules: z.array(moduleWord).default([]) }))
      .default({}),
  }),
  packages: z.array(packageName).min(1),
  'leave-out': z.array(packagePattern).default([]),
  programs: z.array(absolutePath).default([]),
  files: z.array(absolutePath).default([]),
  /** Libraries whose tables are replaced by zeros, because nothing in the image reads them. */
  hollow: z.array(absolutePath).default([]),
  links: z.record(absolutePath, linkTarget).default({}),
  busybox: absolutePath.optional(),
  directories: z.array(absolutePath).default([]),
  modules: z.array(moduleWord).default([]),
  'compression-level': z.int().min(1).max(19).default(15),
  limits: z.strictObject({ initrd: size, unpacked: size }),
})

export type Recipe = Readonly<z.output<typeof recipeShape>>

/** The text of a recipe.yaml, or everything that is wrong with it. */
export function parseRecipe(text: string): ParsedRecipe {
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
  const parsed = recipeShape.safeParse(document.toJS())
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
