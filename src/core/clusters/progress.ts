// Why this file exists: what a person sees of a job while it goes on. Only what cannot be found out again is written to
// the disk at once.
import type { JobRecord } from './engine.ts'
import type { Job } from './job.ts'
import type { Workshop } from './workshop.ts'

export function show(job: Job, { ledger }: Workshop, change: Partial<JobRecord>): void {
  job.record = { ...job.record, ...change }
  ledger.showJob(job.record)
}

export function save(job: Job, { ledger }: Workshop, change: Partial<JobRecord>): void {
  job.record = { ...job.record, ...change }
  ledger.saveJob(job.record)
}

export function showDoing(job: Job, shop: Workshop, doing: readonly string[]): void {
  show(job, shop, { doing })
}

export function note(job: Job, shop: Workshop, text: string): void {
  const { notes } = job.record
  const { notesMax } = shop.limits
  if (notes.length > notesMax) return
  const more = notes.length === notesMax ? 'and more' : text
  save(job, shop, { notes: [...notes, more] })
}
