// Why this file exists: from a recipe to an image that boots, step by step; each step is told, and a broken one
// leaves nothing half made.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import {
  type BuiltImage,
  imageDigest,
  imageFolder,
  keepResolution,
  knownResolution,
  type Question,
  readImage,
} from './cache.ts'
import { manifestFiles, manifestText } from './manifest.ts'
import { packImage } from './pack.ts'
import { downloadPackages, type Package, resolvePackages, unpackPackage } from './packages.ts'
import type { Run } from './run.ts'
import { readSource } from './source.ts'

export type BuildStep = 'resolve' | 'download' | 'unpack' | 'choose' | 'pack' | 'done'

export interface BuildProgress {
  readonly step: BuildStep
  readonly done: number
  readonly total: number
  readonly unit: 'packages' | 'bytes'
}

export interface BuildOrder {
  /** Holds recipe.yaml and root/, the files of our own; a recipe that it extends lies in a folder beside it. */
  readonly recipeDir: string
  /** Packages and images that were made already; may be removed at any time. */
  readonly cacheDir: string
  /** Where the image and its manifest.json are laid; left out, they stay in the cache. */
  readonly outputDir?: string
  /** A kernel package other than the recipe's own, such as linux-image-amd64. */
  readonly kernel?: string
  readonly run: Run
  readonly onProgress?: (progress: BuildProgress) => void
}

interface Job extends Question {
  readonly order: BuildOrder
  readonly tell: (step: BuildStep, done: number, total: number) => void
}

/** The image that the recipe describes now: from the cache when it is there, built otherwise. */
export async function buildRecipe(order: BuildOrder): Promise<BuiltImage> {
  const job = startJob(order)
  job.tell('resolve', 0, 1)
  const packages = await resolve(job)
  const folder = imageFolder(order.cacheDir, imageDigest(job.source, job.kernelPackage, packages))
  const image = readImage(folder) ?? (await build(job, packages, folder))
  const bytes = manifestFiles(image.manifest).reduce((sum, file) => sum + file.bytes, 0)
  job.tell('done', bytes, bytes)
  return order.outputDir === undefined ? image : layOut(image, order.outputDir)
}

/** The image if it was built already; neither network nor apt is asked. */
export function checkCache(
  order: Pick<BuildOrder, 'recipeDir' | 'cacheDir' | 'kernel'>,
): BuiltImage | undefined {
  const source = readSource(order.recipeDir)
  const kernelPackage = order.kernel ?? source.recipe.kernel.package
  const packages = knownResolution({ source, cacheDir: order.cacheDir, kernelPackage })
  if (packages === undefined) return undefined
  return readImage(imageFolder(order.cacheDir, imageDigest(source, kernelPackage, packages)))
}

function startJob(order: BuildOrder): Job {
  const source = readSource(order.recipeDir)
  const kernelPackage = order.kernel ?? source.recipe.kernel.package
  const tell: Job['tell'] = (step, done, total) =>
    order.onProgress?.({
      step,
      done,
      total,
      unit: step === 'pack' || step === 'done' ? 'bytes' : 'packages',
    })
  return { order, source, cacheDir: order.cacheDir, kernelPackage, tell }
}

async function resolve(job: Job): Promise<readonly Package[]> {
  const known = knownResolution(job)
  if (known !== undefined) return known
  const packages = await resolvePackages(job.source.recipe, job.kernelPackage, job.order)
  keepResolution(job, packages)
  return packages
}

async function build(job: Job, packages: readonly Package[], folder: string): Promise<BuiltImage> {
  const { cacheDir, run } = job.order
  job.tell('download', 0, packages.length)
  const archives = await downloadPackages(packages, { cacheDir, run })
  const work = mkdtempSync(join(cacheDir, 'work-'))
  try {
    const staging = join(work, 'staging')
    mkdirSync(staging)
    for (const [index, archive] of archives.entries()) {
      job.tell('unpack', index, archives.length)
      await unpackPackage(archive, staging, run)
    }
    job.tell('choose', 0, packages.length)
    await packImage({
      source: job.source,
      kernelPackage: job.kernelPackage,
      packages,
      digest: folder.split('/').at(-1) ?? '',
      work,
      staging,
      run,
      onBytes: (done, total) => job.tell('pack', done, total),
    })
    mkdirSync(join(cacheDir, 'images'), { recursive: true })
    rmSync(folder, { recursive: true, force: true })
    renameSync(join(work, 'image'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const image = readImage(folder)
  if (image === undefined) throw new Error(`${folder} was written and cannot be read`)
  return image
}

/** A second name for the cached files where the disk allows it. */
function layOut(image: BuiltImage, outputDir: string): BuiltImage {
  mkdirSync(outputDir, { recursive: true })
  for (const source of filesOf(image)) place(source, join(outputDir, basename(source)))
  const manifest = join(outputDir, 'manifest.json')
  writeFileSync(`${manifest}.new`, manifestText(image.manifest))
  renameSync(`${manifest}.new`, manifest)
  const laid = (source: string): string => join(outputDir, basename(source))
  return image.kind === 'disk'
    ? { ...image, disk: laid(image.disk) }
    : { ...image, kernel: laid(image.kernel), initrd: laid(image.initrd) }
}

function filesOf(image: BuiltImage): readonly string[] {
  return image.kind === 'disk' ? [image.disk] : [image.kernel, image.initrd]
}

function place(source: string, target: string): void {
  const fresh = `${target}.new`
  if (existsSync(fresh)) rmSync(fresh)
  try {
    linkSync(source, fresh)
  } catch {
    copyFileSync(source, fresh) // another file system
  }
  renameSync(fresh, target)
}
