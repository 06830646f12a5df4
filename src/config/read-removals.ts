// Why this file exists: how many entries may vanish from the directory at once is a site's own choice, and a wrong one
// must not quietly be none.
import { type Field, fieldsOf, type Kind, read, type Reading, textKind, wholeNumber } from '#yaml'
import type { RemovalSettings } from './settings.ts'

export const removalDefaults: RemovalSettings = {
  percentMax: 10,
  countMax: 5,
  windowMillis: 60_000,
}

const percentKind = wholeNumber(1, 100)
const countKind = wholeNumber(0, 1_000_000)
const millisOfUnit = { s: 1_000, m: 60_000, h: 3_600_000 } as const
const windowMillisMax = 24 * millisOfUnit.h

const windowKind: Kind<number> = textKind((text) => {
  const [, count, unit] = /^([1-9]\d{0,5}) ?([smh])$/.exec(text) ?? []
  if (unit !== 's' && unit !== 'm' && unit !== 'h') return undefined
  const millis = Number(count) * millisOfUnit[unit]
  return millis <= windowMillisMax ? millis : undefined
}, 'a time from 1s to 24h, such as 60s, 10m or 1h')

export function readRemovals(reading: Reading, field: Field): RemovalSettings {
  const fields = fieldsOf(reading, field, ['percent', 'count', 'window'])
  return {
    percentMax: read(reading, fields('percent'), percentKind) ?? removalDefaults.percentMax,
    countMax: read(reading, fields('count'), countKind) ?? removalDefaults.countMax,
    windowMillis: read(reading, fields('window'), windowKind) ?? removalDefaults.windowMillis,
  }
}
