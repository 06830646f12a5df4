// Why this file exists: an image is named by people and cluster files as `voc-compute@3`, and ends as part of a path; only
// names that are safe in both become a type.
declare const imageNameBrand: unique symbol
declare const imageVersionBrand: unique symbol

/** Unique within its VO. */
export type ImageName = string & { readonly [imageNameBrand]: true }

/** Counted from 1. A number means the same bytes for ever. */
export type ImageVersion = number & { readonly [imageVersionBrand]: true }

export interface ImageId {
  readonly name: ImageName
  readonly version: ImageVersion
}

export const imageVersionMax = 999_999_999

/** As cluster files write it. It begins with a letter or digit, so it is never `.`, `..` or an option of a command. */
const nameShape = /^[a-z0-9][a-z0-9._-]{0,62}$/

function isImageName(text: string): text is ImageName {
  return nameShape.test(text)
}

function isImageVersion(value: number): value is ImageVersion {
  return Number.isInteger(value) && value >= 1 && value <= imageVersionMax
}

export function parseImageName(text: string): ImageName | undefined {
  return isImageName(text) ? text : undefined
}

export function imageVersion(value: number): ImageVersion | undefined {
  return isImageVersion(value) ? value : undefined
}

/** One spelling for each number: no sign, no leading zero. */
export function parseImageVersion(text: string): ImageVersion | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? imageVersion(Number(text)) : undefined
}

/** `name@3`; a name alone is none, since it would mean something else tomorrow. */
export function parseImageId(text: string): ImageId | undefined {
  const [nameText = '', versionText = '', ...rest] = text.split('@', 3)
  const name = parseImageName(nameText)
  const version = parseImageVersion(versionText)
  if (name === undefined || version === undefined || rest.length > 0) return undefined
  return { name, version }
}

export function formatImageId({ name, version }: ImageId): string {
  return `${name}@${version}`
}
