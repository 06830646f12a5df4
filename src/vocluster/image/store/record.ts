// Why this file exists: what is known of an image is one small file that is written once: the format that was checked, so
// that nobody guesses it again, the digest, and who brought it.
import { type Label, parseLabel } from '#directory'
import { z } from 'zod'
import type { ImageFacts } from '../header/inspect.ts'
import { factsForm } from '../header/read-inspection.ts'
import { type ImageName, type ImageVersion, imageVersion, parseImageName } from '../image-name.ts'
import { type ImageDigest, parseImageDigest } from './digest.ts'

interface RecordBase {
  readonly vo: Label
  readonly name: ImageName
  readonly version: ImageVersion
  readonly digest: ImageDigest
  readonly bytes: number
  /** As found at the upload; the format is never probed again. */
  readonly facts: ImageFacts
  readonly pushedBy: string
  /** Wall clock, milliseconds since 1970. */
  readonly pushedAt: number
}

export interface StoredImage extends RecordBase {
  readonly state: 'held'
}

/** Its number stays spent: `name@3` never means other bytes than it once did (CVE-2015-5251). */
export interface RemovedImage extends RecordBase {
  readonly state: 'removed'
  readonly removedBy: string
  readonly removedAt: number
}

export type ImageRecord = StoredImage | RemovedImage

const recordForm = 1
/** Longer ones are none of ours. */
export const recordBytesMax = 16 * 1024

function parsed<T>(what: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context) => {
    const value = parse(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `not ${what}` })
    return z.NEVER
  })
}

const version = z.number().transform((value, context) => {
  const found = imageVersion(value)
  if (found !== undefined) return found
  context.addIssue({ code: 'custom', message: 'not a version' })
  return z.NEVER
})

const base = {
  form: z.literal(recordForm),
  vo: parsed('a VO', parseLabel),
  name: parsed('an image name', parseImageName),
  version,
  digest: parsed('a digest', parseImageDigest),
  bytes: z.int().positive(),
  facts: factsForm,
  pushedBy: z.string(),
  pushedAt: z.number(),
}

const recordFile = z.discriminatedUnion('state', [
  z.strictObject({ ...base, state: z.literal('held') }),
  z.strictObject({
    ...base,
    state: z.literal('removed'),
    removedBy: z.string(),
    removedAt: z.number(),
  }),
])

export function writeRecord(record: ImageRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify({ form: recordForm, ...record }, undefined, 2)}\n`)
}

/** The record, or in words what is wrong with it. */
export function readRecord(bytes: Uint8Array): ImageRecord | string {
  if (bytes.length > recordBytesMax) return `it is longer than ${recordBytesMax} bytes`
  const value = parseJson(new TextDecoder().decode(bytes))
  const result = recordFile.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    return `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not a record'}`
  }
  const { form: _form, ...record } = result.data
  return record
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
