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
import { type ImageManifest, parseManifest } from './manifest.ts'
import type { Package } from './packages.ts'

export interface BuiltImage {
  readonly kernel: string
  readonly initrd: string
  readonly manifest: ImageManifest
}

/** Grows when the builder itself makes other bytes of the same recipe. */
const builderVersion = 1

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
  recipeDir: string,
  kernelPackage: string,
  packages: readonly Package[],
): string {
  const overlay = overlayFiles(join(recipeDir, 'root')).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return digestOf([
    `${builderVersion}`,
    kernelPackage,
    readFileSync(join(recipeDir, 'recipe.yaml')),
    JSON.stringify(packages.map((one) => [one.name, one.version, one.architecture])),
    ...overlay.flatMap(([path, content]) =>
      content.kind === 'file' ? [path, readFileSync(content.source)] : [path],
    ),
  ])
}

function resolutionFile(recipeDir: string, cacheDir: string, kernelPackage: string): string {
  const stamps = aptState.filter(existsSync).flatMap((path) => [stampOf(path), ...stampsIn(path)])
  const recipe = readFileSync(join(recipeDir, 'recipe.yaml'))
  return join(cacheDir, 'resolved', `${digestOf([recipe, kernelPackage, ...stamps])}.json`)
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
export function knownResolution(
  recipeDir: string,
  cacheDir: string,
  kernelPackage: string,
): readonly Package[] | undefined {
  const file = resolutionFile(recipeDir, cacheDir, kernelPackage)
  if (!existsSync(file)) return undefined
  try {
    return packagesShape.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined // a torn file is no answer; apt is asked again
  }
}

export function keepResolution(
  where: { readonly recipeDir: string; readonly cacheDir: string; readonly kernelPackage: string },
  packages: readonly Package[],
): void {
  const file = resolutionFile(where.recipeDir, where.cacheDir, where.kernelPackage)
  mkdirSync(join(where.cacheDir, 'resolved'), { recursive: true })
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
  const whole = [manifest.kernel, manifest.initrd].every((part) => {
    const path = join(folder, part.file)
    return existsSync(path) && sha256Of(path) === part.sha256
  })
  if (!whole) return undefined
  return {
    kernel: join(folder, manifest.kernel.file),
    initrd: join(folder, manifest.initrd.file),
    manifest,
  }
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
