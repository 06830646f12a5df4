// Door of the room: from a cluster file to running virtual nodes. It decides and describes; sockets, clocks and stores
// come in from outside.
export {
  type ClusterSpec,
  formatImageRef,
  type ImageRef,
  type NetworkSpec,
  parseImageRef,
  type PlaceWish,
  type Strategy,
  type VcnSpec,
} from './spec/cluster-spec.ts'
export { type FileMigration, fileMigrations, newestFileVersion } from './spec/migrations.ts'
export type { Problem } from './spec/problem.ts'
export { readClusterFile, type ReadClusterFile } from './spec/read-cluster-file.ts'
export { formatSize, parseSize } from './spec/size.ts'
