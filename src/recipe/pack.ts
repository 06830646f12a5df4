// Why this file exists: between unpacked packages and an image that boots: what goes in is chosen once, and then becomes
// an initrd for a host's memory, or the disk of a node with a small initrd of its own.
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#fault'
import { type Archive, writeArchive } from './archive.ts'
import { sha256Of } from './cache.ts'
import { type Contents, gatherContents, withParents } from './contents.ts'
import { diskFolder, writeDisk } from './disk.ts'
import { hollowLibrary } from './hollow.ts'
import { type Kernel, prepareKernel } from './kernel.ts'
import { fileBytes } from './lay.ts'
import { type ImageManifest, manifestText } from './manifest.ts'
import type { Package } from './packages.ts'
import type { Recipe } from './recipe.ts'
import type { Run } from './run.ts'
import type { RecipeSource } from './source.ts'
import { squashFolders } from './squash.ts'
import { readTree } from './staging.ts'
import type { Toolbox } from './tool.ts'
import { matchPaths, mergedPath, type Tree } from './tree.ts'

export interface PackOrder {
  readonly source: RecipeSource
  readonly kernelPackage: string
  readonly packages: readonly Package[]
  readonly digest: string
  /** A folder for files in between; the image is laid into its folder `image`. */
  readonly work: string
  /** Where the packages were unpacked. */
  readonly staging: string
  readonly run: Run
  readonly onBytes: (done: number, total: number) => void
}

interface Kitchen {
  readonly order: PackOrder
  readonly toolbox: Toolbox
  readonly applets: readonly string[]
  /** Where the finished image is laid. */
  readonly folder: string
}

type Disk = NonNullable<Recipe['disk']>

export async function packImage(order: PackOrder): Promise<void> {
  const { recipe } = order.source
  const tree = readTree(order.staging)
  for (const pattern of recipe.hollow) hollowOut(tree, pattern)
  const applets = await listApplets(recipe, tree, order.run)
  const folder = join(order.work, 'image')
  mkdirSync(folder)
  const toolbox = { tree, staging: order.staging, run: order.run }
  const kitchen = { order, toolbox, applets, folder }
  const manifest =
    recipe.disk === undefined
      ? await packNetboot(kitchen)
      : await packDisk(kitchen, recipe, recipe.disk)
  writeFileSync(join(folder, 'manifest.json'), manifestText(manifest))
}

async function packNetboot(kitchen: Kitchen): Promise<ImageManifest> {
  const { recipe } = kitchen.order.source
  const kernel = await kernelWith(kitchen, recipe.modules, 'modules')
  const whole = gather(kitchen, recipe, kernel)
  const contents = await squashFolders(kitchen.toolbox, whole, {
    folders: recipe.squash.map(mergedPath),
    work: kitchen.order.work,
  })
  const initrd = await writeWithin(kitchen, contents, join(kitchen.folder, 'initrd'))
  copyFileSync(kernel.source, join(kitchen.folder, 'vmlinuz'))
  return {
    ...commonManifest(kitchen, kernel),
    kernel: described(kitchen.folder, 'vmlinuz'),
    initrd: { file: 'initrd', bytes: initrd.bytes, sha256: initrd.sha256 },
    unpackedBytes: initrd.unpackedBytes,
  }
}

async function packDisk(kitchen: Kitchen, recipe: Recipe, disk: Disk): Promise<ImageManifest> {
  const { order, toolbox } = kitchen
  const finder = await kernelWith(kitchen, disk.modules, 'disk-modules')
  const initrd = join(order.work, 'initrd')
  await writeWithin(kitchen, gatherFinder(kitchen, recipe, finder), initrd)
  const all = [...recipe.modules, ...disk.modules]
  const kernel = await kernelWith(kitchen, all, 'modules', 'disk-modules')
  const contents = withParents(
    new Map([
      ...gather(kitchen, recipe, kernel),
      [`${diskFolder}/vmlinuz`, { kind: 'file', source: kernel.source, executable: false }],
      [`${diskFolder}/initrd`, { kind: 'file', source: initrd, executable: false }],
    ]),
  )
  const { limits } = recipe
  within(order, { what: 'files', bytes: fileBytes(contents), bytesMax: limits.unpacked })
  const file = join(kitchen.folder, 'disk.qcow2')
  await writeDisk(
    toolbox,
    {
      contents,
      bytes: disk.size,
      kernelParameters: disk['kernel-parameters'],
      digest: order.digest,
      work: order.work,
    },
    file,
  )
  const written = described(kitchen.folder, 'disk.qcow2')
  within(order, { what: 'disk', bytes: written.bytes, bytesMax: limits.disk ?? disk.size })
  return { ...commonManifest(kitchen, kernel), disk: written, virtualBytes: disk.size }
}

/** The kernel with the modules that are named, and those that the chosen kernel package adds under `keys`. */
function kernelWith(
  { order, toolbox }: Kitchen,
  modules: readonly string[],
  ...keys: readonly ('modules' | 'disk-modules')[]
): Promise<Kernel> {
  const more = order.source.recipe.kernel.alternatives[order.kernelPackage]
  return prepareKernel(toolbox, [...modules, ...keys.flatMap((key) => more?.[key] ?? [])])
}

function gather({ order, toolbox, applets }: Kitchen, recipe: Recipe, kernel: Kernel): Contents {
  const { overlays } = order.source
  return gatherContents({ recipe, tree: toolbox.tree, kernel, applets, overlays })
}

/** The initrd of a disk: busybox and the modules that find the root. */
function gatherFinder(kitchen: Kitchen, recipe: Recipe, kernel: Kernel): Contents {
  const { order, toolbox, applets } = kitchen
  const small: Recipe = {
    ...recipe,
    programs: recipe.busybox === undefined ? [] : [recipe.busybox],
    files: [],
    links: {},
    directories: ['/dev', '/proc', '/root', '/sys'],
  }
  const overlays = order.source.initrdOverlays
  return gatherContents({ recipe: small, tree: toolbox.tree, kernel, applets, overlays })
}

function commonManifest(
  { order }: Kitchen,
  kernel: Kernel,
): Pick<
  ImageManifest,
  'version' | 'recipe' | 'digest' | 'kernelRelease' | 'kernelPackage' | 'packages'
> {
  return {
    version: 1,
    recipe: order.source.recipe.name,
    digest: order.digest,
    kernelRelease: kernel.release,
    kernelPackage: order.kernelPackage,
    packages: [...order.packages],
  }
}

function described(folder: string, file: string): { file: string; bytes: number; sha256: string } {
  const path = join(folder, file)
  return { file, bytes: statSync(path).size, sha256: sha256Of(path) }
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
async function writeWithin(kitchen: Kitchen, contents: Contents, file: string): Promise<Archive> {
  const { order } = kitchen
  const { limits, ...recipe } = order.source.recipe
  const archive = await writeArchive(contents, file, {
    level: recipe['compression-level'],
    onBytes: (bytes) => order.onBytes(bytes, limits.unpacked),
  })
  within(order, { what: 'initrd', bytes: archive.bytes, bytesMax: limits.initrd })
  within(order, { what: 'unpacked', bytes: archive.unpackedBytes, bytesMax: limits.unpacked })
  return archive
}

function within(
  { source }: PackOrder,
  one: { readonly what: string; readonly bytes: number; readonly bytesMax: number },
): void {
  if (one.bytes <= one.bytesMax) return
  throw new Fault('CPC-RCP-008', {
    what: `the image of recipe ${source.recipe.name} is larger than it may be`,
    where: source.file,
    why: `${one.what} ${one.bytes} bytes of ${one.bytesMax}`,
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
