// Why this file exists: bytes from outside may be anything; each way in which they are wrong has a name.
import { formatTag, type Tag } from './tag.ts'

export type Asn1Refusal =
  | { readonly kind: 'cut-short'; readonly at: number }
  | { readonly kind: 'too-long'; readonly at: number; readonly lengthBytesMax: number }
  | { readonly kind: 'too-deep'; readonly depthMax: number }
  | { readonly kind: 'indefinite-length'; readonly at: number }
  | { readonly kind: 'not-der'; readonly at: number; readonly what: string }
  | { readonly kind: 'bad-tag'; readonly at: number }
  | { readonly kind: 'unexpected-tag'; readonly wanted: Tag; readonly found: Tag | undefined }
  | { readonly kind: 'bad-value'; readonly what: string }
  | { readonly kind: 'left-over'; readonly bytes: number }

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Asn1Refusal }

/** What a Reader throws, and nothing else; `parseAsn1` turns it into a value at the room's border. */
export class Asn1Error extends Error {
  override readonly name = 'Asn1Error'
  readonly refusal: Asn1Refusal

  constructor(refusal: Asn1Refusal) {
    super(describeRefusal(refusal))
    this.refusal = refusal
  }
}

export function describeRefusal(refusal: Asn1Refusal): string {
  switch (refusal.kind) {
    case 'cut-short':
      return `the element at byte ${refusal.at} ends outside the data`
    case 'too-long':
      return `the element at byte ${refusal.at} is longer than ${refusal.lengthBytesMax} bytes`
    case 'too-deep':
      return `elements are nested more than ${refusal.depthMax} deep`
    case 'indefinite-length':
      return `the element at byte ${refusal.at} has no definite length`
    case 'not-der':
      return `${refusal.what} at byte ${refusal.at} is not the one spelling that DER allows`
    case 'bad-tag':
      return `the tag at byte ${refusal.at} cannot be read`
    case 'unexpected-tag':
      return `${refusal.found ? formatTag(refusal.found) : 'the end'} stands where ${formatTag(refusal.wanted)} belongs`
    case 'bad-value':
      return refusal.what
    case 'left-over':
      return `${refusal.bytes} bytes follow the last element`
  }
}
