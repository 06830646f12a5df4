// Why this table exists: LDAP's result codes are terse; a person needs to hear what it means here and what to do now.
import type { FaultCode } from '#fault'

export interface RefusalWords {
  readonly code?: FaultCode
  /** Said before the server's own words. */
  readonly why?: string
  readonly todo: string
}

const partly = {
  code: 'CPC-LDAP-053',
  todo: 'lift the limits for bindDn on the server; OpenLDAP: limits dn.exact="BINDDN" size=unlimited time=unlimited',
} as const

export const refusalWords: Readonly<Record<number, RefusalWords>> = {
  3: partly,
  4: partly,
  8: { todo: 'use ldaps://, or ldap:// with startTls: true' },
  10: {
    code: 'CPC-LDAP-054',
    todo: 'set directory.url to the server that holds the tree; a referral is never followed, for it would take the password along',
  },
  11: partly,
  12: {
    code: 'CPC-LDAP-055',
    todo: 'load the overlay syncprov for this database on the server; a server without RFC 4533 cannot be followed',
  },
  13: { todo: 'use ldaps://, or ldap:// with startTls: true' },
  17: { todo: "load Coppice's schema into the server (schema/coppice.ldif)" },
  19: { todo: 'correct the value, or the rule of the server that forbids it' },
  21: { todo: 'correct the value' },
  48: {
    code: 'CPC-LDAP-050',
    todo: 'check directory.bindDn: the entry has no password, or may not use one',
  },
  49: { code: 'CPC-LDAP-050', todo: 'check directory.bindDn and the secret in secretFile' },
  50: { todo: 'give bindDn the right to do this, or use another one' },
  51: { todo: 'nothing: the server is busy, and is asked again' },
  52: {
    todo: 'nothing, if the server is being stopped or started: it is asked again; else see its log',
  },
  53: { todo: 'see what the directory server logs: it does not want to do this at all' },
}

export const otherRefusal = 'see what the directory server logs about this operation'

interface Ending {
  readonly what: string
  /** Where the end of a search that should never end means something of its own. */
  readonly own?: RefusalWords
}

const partlySent: Ending = {
  what: 'the directory gave a part of its entries only, which is not used',
}

export const otherEnding: Ending = { what: 'the directory ended the search that we follow' }

export const endings: Readonly<Record<number, Ending>> = {
  0: {
    what: 'the directory does not tell changes',
    own: {
      code: 'CPC-LDAP-055',
      why: 'it ended a search that it was asked to keep open',
      todo: 'use a server that speaks RFC 4533 refreshAndPersist; OpenLDAP: load the overlay syncprov',
    },
  },
  3: partlySent,
  4: partlySent,
  10: { what: 'the directory sends us to another server' },
  11: partlySent,
  12: { what: 'the directory does not tell changes' },
  32: {
    what: 'the base of the directory is not there',
    own: {
      code: 'CPC-LDAP-052',
      todo: 'check directory.base, and that bindDn may read it; if the server was emptied, load its backup',
    },
  },
  50: { what: 'the directory does not let us read it' },
}
