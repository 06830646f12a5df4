// Door of the room: coppice.yaml, read into settings without gaps or refused with every mistake named.
export { exampleSettings, type ExampleOptions } from './example.ts'
export { migrations } from './migrations.ts'
export { readSettings, type ReadSettings } from './read-settings.ts'
export type {
  DirectorySettings,
  EmbeddedDirectory,
  Endpoint,
  ExternalDirectory,
  NfsSettings,
  OnOff,
  Settings,
} from './settings.ts'
