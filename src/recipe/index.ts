// Door of the room: images of hosts, made from Debian packages by recipe.
export {
  type BuildOrder,
  type BuildProgress,
  type BuildStep,
  buildRecipe,
  checkCache,
} from './build.ts'
export type { BuiltImage } from './cache.ts'
export type { DiskManifest, ImageManifest, NetbootManifest } from './manifest.ts'
export type { Package } from './packages.ts'
export { type Ran, type Run, type RunOptions, runProgram } from './run.ts'
