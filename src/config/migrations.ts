// Why this file exists: a configuration written for an older Coppice must go on working; each step from one version
// of the format to the next is a row here, tried on the files of the release that it comes from.
import type { Migration } from '#yaml'

/** Version 1 is the first, so there is none yet. */
export const migrations: readonly Migration[] = []
