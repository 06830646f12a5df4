// Why this file exists: the bytes of an image are known by their SHA-256 and by nothing else: not by a name, not by a place.
import { createHash, type Hash } from 'node:crypto'

declare const digestBrand: unique symbol

/** `sha256:` and 64 hexadecimal digits, lower case. */
export type ImageDigest = string & { readonly [digestBrand]: true }

export function isImageDigest(text: string): text is ImageDigest {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

export function parseImageDigest(text: string): ImageDigest | undefined {
  return isImageDigest(text) ? text : undefined
}

/** Takes bytes as they come. */
export class Digester {
  readonly #hash: Hash = createHash('sha256')

  take(bytes: Uint8Array): void {
    this.#hash.update(bytes)
  }

  /** Once. */
  end(): ImageDigest {
    const text = `sha256:${this.#hash.digest('hex')}`
    if (!isImageDigest(text)) throw new Error(`no digest: ${text}`)
    return text
  }
}
