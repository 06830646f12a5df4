// Why this file exists: that removals are held is told in the log, by status and by metrics; the words are made once.
import { Fault } from '#fault'
import type { DirectoryState } from './directory-sync.ts'

const dnsShownMax = 3

/** `undefined` while nothing is held. */
export function heldFault({ held, heldSince }: DirectoryState): Fault | undefined {
  if (held.length === 0) return undefined
  const first = held.slice(0, dnsShownMax).map(({ dn }) => dn)
  const others = held.length - first.length
  return new Fault('CPC-LDAP-057', {
    what: `${held.length} entries have vanished from the directory at once, and are served on`,
    where: [...first, ...(others > 0 ? [`and ${others} more`] : [])].join('; '),
    why: `more than directory.removals allows, since ${new Date(heldSince ?? 0).toISOString()}`,
    todo: 'coppice directory accept, if they were meant to go; else restore the LDAP server',
  })
}
