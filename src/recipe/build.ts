// Why this file exists: from a recipe to a kernel and an initrd, step by step; each step is told, and a broken one
// leaves nothing half made.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#fault'
import { type Archive, writeArchive } from './archive.ts'
import {
  type BuiltImage,
  imageDigest,
  imageFolder,
  keepResolution,
  knownResolution,
  readImage,
  sha256Of,
} from './cache.ts'
import { type Contents, gatherContents } from './contents.ts'
import { hollowLibrary } from './hollow.ts'
import { prepareKernel } from './kernel.ts'
import { type ImageManifest, manifestText } from './manifest.ts'
import { downloadPackages, type Package, resolvePackages, unpackPackage } from './packages.ts'
import { parseRecipe, type Recipe } from './recipe.ts'
import type { Run } from './run.ts'
import { readTree } from './staging.ts'
import { matchPaths, mergedPath, type Tree } from './tree.ts'

export type BuildStep = 'resolve' | 'download' | 'unpack' | 'choose' | 'pack' | 'done'

export interface BuildProgress {
  readonly step: BuildStep
  readonly done: number
  readonly total: number
  readonly unit: 'packages' | 'bytes'
}

export interface BuildOrder {
  /** Holds recipe.yaml and root/, the files of our own. */
  readonly recipeDir: string
  /** Packages and images that were made already; may be removed at any time. */
  readonly cacheDir: string
  /** Where kernel, initrd and manifest.json are laid; left out, they stay in the cache. */
  readonly outputDir?: string
  /** A kernel package other than the recipe's own, such as linux-image-amd64. */
  readonly kernel?: string
  readonly run: Run
  readonly onProgress?: (progress: BuildProgress) => void
}

interface Job {
  readonly order: BuildOrder
  readonly recipe: Recipe
  readonly kernelPackage: string
  readonly tell: (step: BuildStep, done: number, total: number) => void
}

/** The image that the recipe describes now: from the cache when it is there, built otherwise. */
export async function buildRecipe(order: BuildOrder): Promise<BuiltImage> {
  const job = startJob(order)
  job.tell('resolve', 0, 1)
  const packages = await resolve(job)
  const folder = imageFolder(
    order.cacheDir,
    imageDigest(order.recipeDir, job.kernelPackage, packages),
  )
  const image = readImage(folder) ?? (await build(job, packages, folder))
  job.tell('done', image.manifest.initrd.bytes, image.manifest.initrd.bytes)
  return order.outputDir === undefined ? image : layOut(image, order.outputDir)
}

/** The image if it was built already; neither network nor apt is asked. */
export function checkCache(
  order: Pick<BuildOrder, 'recipeDir' | 'cacheDir' | 'kernel'>,
): BuiltImage | undefined {
  const recipe = readRecipe(order.recipeDir)
  const kernelPackage = order.kernel ?? recipe.kernel.package
  const packages = knownResolution(order.recipeDir, order.cacheDir, kernelPackage)
  if (packages === undefined) return undefined
  return readImage(
    imageFolder(order.cacheDir, imageDigest(order.recipeDir, kernelPackage, packages)),
  )
}

function startJob(order: BuildOrder): Job {
  const recipe = readRecipe(order.recipeDir)
  const tell: Job['tell'] = (step, done, total) =>
    order.onProgress?.({
      step,
      done,
      total,
      unit: step === 'pack' || step === 'done' ? 'bytes' : 'packages',
    })
  return { order, recipe, kernelPackage: order.kernel ?? recipe.kernel.package, tell }
}

function readRecipe(recipeDir: string): Recipe {
  const file = join(recipeDir, 'recipe.yaml')
  const parsed = parseRecipe(readFileSync(file, 'utf8'))
  if (parsed.ok) return parsed.value
  const [first] = parsed.refusal
  throw new Fault('CPC-RCP-001', {
    what: 'the recipe cannot be read',
    where: `${file}:${first?.line ?? 1}:${first?.column ?? 1}`,
    why: parsed.refusal.map(({ line, why }) => `line ${line}: ${why}`).join('; '),
    todo: 'correct these lines',
  })
}

async function resolve(job: Job): Promise<readonly Package[]> {
  const { recipeDir, cacheDir, run } = job.order
  const known = knownResolution(recipeDir, cacheDir, job.kernelPackage)
  if (known !== undefined) return known
  const packages = await resolvePackages(job.recipe, job.kernelPackage, { cacheDir, run })
  keepResolution({ recipeDir, cacheDir, kernelPackage: job.kernelPackage }, packages)
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
    await pack(job, { work, staging, packages, digest: folder.split('/').at(-1) ?? '' })
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

interface Kitchen {
  readonly work: string
  readonly staging: string
  readonly packages: readonly Package[]
  readonly digest: string
}

async function pack(job: Job, kitchen: Kitchen): Promise<void> {
  const { recipe, order } = job
  const { staging } = kitchen
  const tree = readTree(staging)
  for (const pattern of recipe.hollow) hollowOut(tree, pattern)
  const extra = recipe.kernel.alternatives[job.kernelPackage]?.modules ?? []
  const kernel = await prepareKernel(tree, staging, [...recipe.modules, ...extra], order.run)
  const applets = await listApplets(recipe, tree, order.run)
  const overlay = join(order.recipeDir, 'root')
  const contents = gatherContents({ recipe, tree, kernel, applets, overlay })
  const image = join(kitchen.work, 'image')
  mkdirSync(image)
  const initrd = await writeWithin(job, contents, join(image, 'initrd'))
  copyFileSync(kernel.source, join(image, 'vmlinuz'))
  const manifest: ImageManifest = {
    version: 1,
    recipe: recipe.name,
    digest: kitchen.digest,
    kernelRelease: kernel.release,
    kernelPackage: job.kernelPackage,
    kernel: {
      file: 'vmlinuz',
      bytes: statSync(kernel.source).size,
      sha256: sha256Of(kernel.source),
    },
    initrd: { file: 'initrd', bytes: initrd.bytes, sha256: initrd.sha256 },
    unpackedBytes: initrd.unpackedBytes,
    packages: [...kitchen.packages],
  }
  writeFileSync(join(image, 'manifest.json'), manifestText(manifest))
}

/** In place: what was unpacked here is ours. */
function hollowOut(tree: Tree, pattern: string): void {
  const sources = matchPaths(tree, pattern).flatMap((path) => {
    const item = tree.get(path)
    return item?.kind === 'file' ? [item.source] : []
  })
  for (const source of sources) {
    const hollow = hollowLibrary(readFileSync(source))
    if (hollow !== undefined) writeFileSync(source, hollow)
    if (hollow === undefined) throw hollowFault(source, 'it has no large read-only data of its own')
  }
  if (sources.length === 0) throw hollowFault(pattern, 'no package brought it')
}

function hollowFault(where: string, why: string): Fault {
  return new Fault('CPC-RCP-010', {
    what: 'a library cannot be hollowed out',
    where,
    why,
    todo: 'correct or remove it under hollow in recipe.yaml; the image is larger without it',
  })
}

/** An image that outgrows its budget is found when it is built, not when a host runs out of memory. */
async function writeWithin(job: Job, contents: Contents, file: string): Promise<Archive> {
  const { limits } = job.recipe
  const archive = await writeArchive(contents, file, {
    level: job.recipe['compression-level'],
    onBytes: (bytes) => job.tell('pack', bytes, limits.unpacked),
  })
  if (archive.bytes <= limits.initrd && archive.unpackedBytes <= limits.unpacked) return archive
  throw new Fault('CPC-RCP-008', {
    what: `the image of recipe ${job.recipe.name} is larger than it may be`,
    where: job.order.recipeDir,
    why: `initrd ${archive.bytes} bytes of ${limits.initrd}, unpacked ${archive.unpackedBytes} of ${limits.unpacked}`,
    todo: 'leave something out, or raise limits in recipe.yaml, and the memory of the hosts with it',
  })
}

async function listApplets(recipe: Recipe, tree: Tree, run: Run): Promise<readonly string[]> {
  if (recipe.busybox === undefined) return []
  const item = tree.get(mergedPath(recipe.busybox))
  const listed = item?.kind === 'file' ? await run([item.source, '--list-full']) : undefined
  if (listed?.status === 0) return listed.output.split('\n').filter((name) => name !== '')
  throw new Fault('CPC-RCP-009', {
    what: 'busybox does not say which programs it can play',
    where: recipe.busybox,
    why: listed?.complaint ?? 'no package brought it',
    todo: 'the recipe must name the package busybox-static and its path, and be built on the architecture it is for',
  })
}

/** A second name for the cached files where the disk allows it. */
function layOut(image: BuiltImage, outputDir: string): BuiltImage {
  mkdirSync(outputDir, { recursive: true })
  const laid = { kernel: join(outputDir, 'vmlinuz'), initrd: join(outputDir, 'initrd') }
  place(image.kernel, laid.kernel)
  place(image.initrd, laid.initrd)
  const manifest = join(outputDir, 'manifest.json')
  writeFileSync(`${manifest}.new`, manifestText(image.manifest))
  renameSync(`${manifest}.new`, manifest)
  return { ...laid, manifest: image.manifest }
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
