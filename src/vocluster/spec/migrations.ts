// Why this file exists: a cluster file written for an older Coppice must go on working; each step from one version of
// the format to the next is a row here.
import type { Migration } from '#yaml'

/** Version 1 is the first, so there is none yet. */
export const fileMigrations: readonly Migration[] = []
