// Why this file exists: an image is built once; the second call must be quick, must need no network, and must never
// hand out something other than what the recipe says now.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { overlayFiles } from './contents.ts'
import {
  type DiskManifest,
  manifestFiles,
  type NetbootManifest,
  parseManifest,
} from './manifest.ts'
import type { Package } from './packages.ts'
import type { RecipeSource } from './source.ts'

export type BuiltImage =
  | {
      readonly kind: 'netboot'
      readonly kernel: string
      readonly initrd: string
      readonly manifest: NetbootManifest
    }
  | { readonly kind: 'disk'; readonly disk: string; readonly manifest: DiskManifest }

/** Grows when the builder itself makes other bytes of the same recipe. */
const builderVersion = 3

/** What apt would answer depends on these alone; unchanged, it need not be asked again (it takes seconds). */
const aptState = ['/etc/apt/sources.list', '/etc/apt/sources.list.d', '/var/lib/apt/lists']

const packagesShape = z.array(
  z.strictObject({ name: z.string(), version: z.string(), architecture: z.string() }),
)

function digestOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  // A length before each part: no two lists of parts give the same bytes.
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}

/** Of everything that decides what the image's bytes are. */
export function imageDigest(
  source: RecipeSource,
  kernelPackage: string,
  packages: readonly Package[],
): string {
  return digestOf([
    `${builderVersion}`,
    kernelPackage,
    ...source.files.map((file) => readFileSync(file)),
    JSON.stringify(packages.map((one) => [one.name, one.version, one.architecture])),
    ...[...source.overlays, ...source.initrdOverlays].flatMap(overlayParts),
  ])
}

function overlayParts(folder: string): readonly (string | Uint8Array)[] {
  const files = overlayFiles(folder).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const parts = files.flatMap(([path, content]) =>
    content.kind === 'file' ? [path, readFileSync(content.source)] : [path],
  )
  // Of two folders with the same files between them, each keeps its own.
  return [`${files.length}`, ...parts]
}

/** Where the answer of apt is kept, and what it was about. */
export interface Question {
  readonly source: RecipeSource
  readonly cacheDir: string
  readonly kernelPackage: string
}

function resolutionFile({ source, cacheDir, kernelPackage }: Question): string {
  const stamps = aptState.filter(existsSync).flatMap((path) => [stampOf(path), ...stampsIn(path)])
  const recipes = source.files.map((file) => readFileSync(file))
  return join(cacheDir, 'resolved', `${digestOf([...recipes, kernelPackage, ...stamps])}.json`)
}

function stampsIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return []
  return readdirSync(path)
    .filter((name) => name.includes('.') || name.includes('_'))
    .toSorted()
    .map((name) => stampOf(join(path, name)))
}

function stampOf(path: string): string {
  const { size, mtimeMs, ctimeMs } = statSync(path)
  return statSync(path).isDirectory() ? path : `${path} ${size} ${mtimeMs} ${ctimeMs}`
}

/** What apt answered last time, while its lists and sources are the same. */
export function knownResolution(question: Question): readonly Package[] | undefined {
  const file = resolutionFile(question)
  if (!existsSync(file)) return undefined
  try {
    return packagesShape.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined // a torn file is no answer; apt is asked again
  }
}

export function keepResolution(question: Question, packages: readonly Package[]): void {
  const file = resolutionFile(question)
  mkdirSync(join(question.cacheDir, 'resolved'), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(packages))
  renameSync(`${file}.new`, file)
}

export function imageFolder(cacheDir: string, digest: string): string {
  return join(cacheDir, 'images', digest)
}

/** An image in a folder, if it is whole: each file is read and compared with the manifest. */
export function readImage(folder: string): BuiltImage | undefined {
  const file = join(folder, 'manifest.json')
  if (!existsSync(file)) return undefined
  const manifest = parseManifest(readFileSync(file, 'utf8'))
  if (manifest === undefined) return undefined
  const whole = manifestFiles(manifest).every((part) => {
    const path = join(folder, part.file)
    return existsSync(path) && sha256Of(path) === part.sha256
  })
  if (!whole) return undefined
  if ('disk' in manifest) return { kind: 'disk', disk: join(folder, manifest.disk.file), manifest }
  return {
    kind: 'netboot',
    kernel: join(folder, manifest.kernel.file),
    initrd: join(folder, manifest.initrd.file),
    manifest,
  }
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
