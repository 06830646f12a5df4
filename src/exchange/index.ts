// Door of the room: what other programs describe machines with, read into the directory's words and written from them.
// Pure.
export { importCharactersMax, importFiles, importFilesMax, type ImportOptions } from './import.ts'
export {
  findFormat,
  type FormatName,
  formatNames,
  type ImportedMachine,
  type ImportedNetwork,
  type ImportedNic,
  type ImportOutcome,
  type ImportProblem,
  type ImportResult,
  type LeftOut,
  type MachineFacts,
} from './outcome.ts'
export type { SourceFile } from './source.ts'
export { type ImportPlan, planImport, type TakenBy } from './plan.ts'
export { exportFile, exportZone, type FileFormat, fileFormats } from './export/export.ts'
export { naturalKey, sortedBy } from './export/devices.ts'
export { chunksOf } from './export/text.ts'
export { type ZoneFacts, zoneNames } from './export/zone.ts'
