// Why this file exists: addresses and identities are read 100,000 times in a row, where a loop over characters takes a
// fifth of what a regular expression does.

/** `0`–`9` and `a`–`f`, by code; NaN, which stands behind the end of a text, is none. */
export function isLowerHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102)
}
