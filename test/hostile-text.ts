// Why this file exists: text for properties of escaping: every ASCII character and some beyond, without the second
// that building all of Unicode costs each test file.
import fc from 'fast-check'

const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
const beyond = ['\u0080', 'ä', 'č', '\u2028', '한', '\ufeff', '💥']

export const hostileText = fc.string({ unit: fc.constantFrom(...ascii, ...beyond) })
