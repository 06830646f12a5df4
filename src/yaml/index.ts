// Door of the room: files that people write in YAML, read with the place of every mistake.
export {
  fieldsOf,
  isMapping,
  itemsOf,
  type Pair,
  pairsOf,
  read,
  readList,
  valueOf,
} from './fields.ts'
export { type Kind, oneOf, textKind, trueOrFalse, wholeNumber } from './kind.ts'
export { type Migration, newestVersion } from './migrations.ts'
export { type Format, readFile, type ReadFile, versionKind } from './read-file.ts'
export { type Field, type FileKind, isWritten, missing, quoted, Reading, wrong } from './reading.ts'
