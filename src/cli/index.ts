// Door of the room: the command line, the first client of the HTTP API.
export type { CliIo, Keys } from './io.ts'
export type { ImageOrder, LocalCommands } from './local.ts'
export { runCli } from './run.ts'
