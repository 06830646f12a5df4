// Why this file exists: firmware writes UUIDs in two byte orders and some write none; identity must not depend on that.
import { isLowerHexDigit } from './hex-digit.ts'

declare const uuidBrand: unique symbol

/** `01234567-89ab-cdef-0123-456789abcdef`, lower case. */
export type Uuid = string & { readonly [uuidBrand]: true }

const canonicalLength = '01234567-89ab-cdef-0123-456789abcdef'.length
const hyphen = 45

function isUuid(text: string): text is Uuid {
  if (text.length !== canonicalLength) return false
  for (let at = 0; at < canonicalLength; at += 1) {
    const code = text.charCodeAt(at)
    const isBorder = at === 8 || at === 13 || at === 18 || at === 23
    if (isBorder ? code !== hyphen : !isLowerHexDigit(code)) return false
  }
  return true
}

export function parseUuid(text: string): Uuid | undefined {
  if (isUuid(text)) return text
  const digits = text.trim().toLowerCase().replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined
  const spelt = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return isUuid(spelt) ? spelt : undefined
}

/** HOSTILE 71: all zeros, all ones, and values that vendors ship by the batch identify nobody. */
export function identifiesNobody(uuid: Uuid): boolean {
  return (
    /^[0-]+$/.test(uuid) || /^[f-]+$/.test(uuid) || uuid === '03000200-0400-0500-0006-000700080009'
  )
}
