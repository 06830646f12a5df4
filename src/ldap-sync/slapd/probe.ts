// Why this file exists: a slapd has started when it answers a question, not when its process exists.
import { LdapClient } from '../client/client.ts'
import { systemClock } from '../client/clock.ts'
import { connectorOf } from '../client/connection.ts'
import { parseLdapUrl } from '../client/url.ts'
import { ldapFilter } from '../message/filter.ts'

/** Asks for the root entry. Any failure means: not yet. */
export async function probeSlapd(slapd: {
  readonly urls: readonly [string, ...string[]]
}): Promise<boolean> {
  try {
    const connection = await connectorOf(systemClock)(parseLdapUrl(slapd.urls[0]))
    using client = new LdapClient(connection, systemClock)
    const filter = ldapFilter`(objectClass=*)`
    const found = await client.search({ base: '', scope: 'base', filter, attributes: ['1.1'] })
    return found.length === 1
  } catch {
    return false
  }
}
