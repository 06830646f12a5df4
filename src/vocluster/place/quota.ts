// Why this file exists: a VO's limits stand in the directory as words. One that cannot be read must never come to mean
// "no limit".
import type { Vo } from '#directory'
import { nearest } from '#fault'
import { parseSize } from '../spec/size.ts'

/** Absent: no limit. */
export interface Quota {
  readonly vcns?: number
  readonly vcpus?: number
  readonly memoryBytes?: number
  readonly imageBytes?: number
}

export interface BadQuota {
  readonly kind: 'bad-quota'
  readonly vo: string
  /** As the directory has it: `memory=lots`. */
  readonly text: string
  readonly why: string
}

export type QuotaResult =
  | { readonly ok: true; readonly value: Quota }
  | { readonly ok: false; readonly refusal: BadQuota }

const limits = [
  ['vcns', 'vcns', parseCount, 'a whole number'],
  ['vcpus', 'vcpus', parseCount, 'a whole number'],
  ['memory', 'memoryBytes', parseSize, 'a size such as 128GiB'],
  ['image-bytes', 'imageBytes', parseSize, 'a size such as 100GiB'],
] as const

function parseCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined
}

/** What `vo add --quota` takes and the directory keeps. */
export function readQuota(vo: Pick<Vo, 'name' | 'quota'>): QuotaResult {
  let quota: Quota = {}
  for (const [word, text] of Object.entries(vo.quota)) {
    const row = limits.find(([known]) => known === word.trim().toLowerCase())
    const value = row?.[2](text)
    if (row === undefined || value === undefined) {
      const near =
        nearest(
          word,
          limits.map(([known]) => known),
        ) ?? ''
      const why = row === undefined ? `the nearest limit is "${near}"` : `it must be ${row[3]}`
      return {
        ok: false,
        refusal: { kind: 'bad-quota', vo: vo.name, text: `${word}=${text}`, why },
      }
    }
    quota = { ...quota, [row[1]]: value }
  }
  return { ok: true, value: quota }
}
