// Why this file exists: the words between the serving thread and the one that waits for the disk.
import type { LeaseRowChange } from './lease-row.ts'

export type Change =
  | { readonly kind: 'lease'; readonly change: LeaseRowChange }
  | { readonly kind: 'append'; readonly seq: number; readonly content: string }
  | { readonly kind: 'forget'; readonly upTo: number }

export interface WriterSettings {
  readonly path: string
  /** Sightings kept while core is away; the oldest go first. */
  readonly sightingRowsMax: number
  /** A limit on the file in pages of 4 KiB; beyond it a write fails as on a full disk. */
  readonly pageCountMax: number
}

export type Order =
  | { readonly kind: 'commit'; readonly changes: readonly Change[] }
  | { readonly kind: 'copy'; readonly target: string }

export type Answer =
  | { readonly kind: 'ready' }
  /** On the disk. `dropped`: old sightings that made room. */
  | { readonly kind: 'done'; readonly dropped: number }
  /** Nothing of it happened. */
  | { readonly kind: 'failed'; readonly why: string }

// Both ends are one release of one program in one process, so only the shape of the envelope is looked at.

export function isOrder(message: unknown): message is Order {
  return hasKind(message, ['commit', 'copy'])
}

export function isAnswer(message: unknown): message is Answer {
  return hasKind(message, ['ready', 'done', 'failed'])
}

export function isSettings(data: unknown): data is WriterSettings {
  return typeof data === 'object' && data !== null && 'path' in data && 'pageCountMax' in data
}

function hasKind(message: unknown, kinds: readonly string[]): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    typeof message.kind === 'string' &&
    kinds.includes(message.kind)
  )
}
