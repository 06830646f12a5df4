// Why this file exists: what changes while slapd runs is told to it by the keeper, who alone may sign in as cn=config.
import { LdapClient } from '../client/client.ts'
import { systemClock } from '../client/clock.ts'
import { connectorOf } from '../client/connection.ts'
import { parseLdapUrl } from '../client/url.ts'
import { keeperDn } from './config.ts'

export interface RunningSlapd {
  readonly url: string
  readonly keeperSecret: string
}

/** slapd ends what it is doing, changes its mind, and goes on: no operation sees half of it. */
export async function changeRunning(
  { url, keeperSecret }: RunningSlapd,
  dn: string,
  name: string,
  value: string,
): Promise<void> {
  const connection = await connectorOf(systemClock)(parseLdapUrl(url))
  using client = new LdapClient(connection, systemClock)
  await client.bind(keeperDn, keeperSecret)
  const attribute = { name, values: [Buffer.from(value)] }
  await client.modify(dn, [{ kind: 'replace', attribute }])
}
