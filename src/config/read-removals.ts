// Why this file exists: how many entries may vanish from the directory at once is a site's own choice, and a wrong one
// must not quietly be none.
import { type Field, fieldsOf, type Kind, type Reading, readNumber, readText } from './reading.ts'
import type { RemovalSettings } from './settings.ts'

export const removalDefaults: RemovalSettings = {
  percentMax: 10,
  countMax: 5,
  windowMillis: 60_000,
}

const percentRange = [1, 100] as const
const countRange = [0, 1_000_000] as const
const millisOfUnit = { s: 1_000, m: 60_000, h: 3_600_000 } as const
const windowMillisMax = 24 * millisOfUnit.h

const windowKind: Kind<number> = {
  parse: (text) => {
    const [, count, unit] = /^([1-9]\d{0,5}) ?([smh])$/.exec(text) ?? []
    if (unit !== 's' && unit !== 'm' && unit !== 'h') return undefined
    const millis = Number(count) * millisOfUnit[unit]
    return millis <= windowMillisMax ? millis : undefined
  },
  expected: 'a time from 1s to 24h, such as 60s, 10m or 1h',
}

export function readRemovals(reading: Reading, field: Field): RemovalSettings {
  const fields = fieldsOf(reading, field, ['percent', 'count', 'window'])
  return {
    percentMax: readNumber(reading, fields('percent'), percentRange) ?? removalDefaults.percentMax,
    countMax: readNumber(reading, fields('count'), countRange) ?? removalDefaults.countMax,
    windowMillis: readText(reading, fields('window'), windowKind) ?? removalDefaults.windowMillis,
  }
}
