// Why this file exists: a real LDAP server shows each of these once in a bad year; here each is a switch.

/** What is wrong with the server; each may be set at any time. */
export interface Faults {
  /** Nobody listens. */
  readonly refusesConnections?: boolean
  /** It takes every question and answers none. */
  readonly mute?: boolean
  /** It lets nobody in: `expired` and `mustChange` as its password policy says them. */
  readonly signIn?: 'wrong' | 'expired' | 'mustChange'

  /** The connection breaks after so many entries of a refresh. */
  readonly cutAfterEntries?: number
  /** It stops talking after so many. */
  readonly silentAfterEntries?: number
  /** It ends the search after so many, with this result code (HOSTILE 30). */
  readonly endsAfterEntries?: {
    readonly entries: number
    readonly code: number
    readonly referrals?: readonly string[]
  }
  /** A refresh has only so many entries, and claims to be whole (HOSTILE 39). */
  readonly deliversOnly?: number
  /** A refresh from a cookie names only so many of what is still there (ReOpenLDAP #70, #71). */
  readonly namesOnly?: number
  /** A refresh goes on for ever, with entries that nobody made. */
  readonly endless?: boolean
  /** `short`: entryUUIDs of 15 bytes; `same`: one for all; `none`: entries without their sync state. */
  readonly uuids?: 'short' | 'same' | 'none'
  /** It sends these bytes instead of the refresh. */
  readonly garbage?: Uint8Array

  /** It answers a cookie with this result code: 4096, or 53 like a slapd that was restored. */
  readonly refusesCookies?: number
  /** It never gives a cookie. */
  readonly losesCookies?: boolean
  /** It ends each search as if nobody had asked to follow it, with a done control or without. */
  readonly doesNotPersist?: 'with-done' | 'without-done'
}
