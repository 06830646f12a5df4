// Why this file exists: whatever is written below a base needs the base and its containers; an empty server has none.
import { parseDn } from '../dn.ts'
import { firstEntries } from '../slapd/first-entries.ts'

/** As records of content; only a comment for a base that we cannot make. */
export function containersOf(base: string): string {
  const dn = parseDn(base)
  const entries = dn && firstEntries(dn)
  return `${entries ?? '# The base and its containers ou=networks, ou=machines, ou=people and ou=vos come before these.\n'}${entries === undefined ? '' : '\n'}`
}
