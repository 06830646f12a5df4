// Why this file exists: slapd reads its certificate when it starts. A new one is taken into service by the running
// slapd, so that nobody who is connected notices.
import { renameSync, writeFileSync } from 'node:fs'
import { LdapClient } from '../client/client.ts'
import { systemClock } from '../client/clock.ts'
import { connectorOf } from '../client/connection.ts'
import { parseLdapUrl } from '../client/url.ts'
import { keeperDn } from './config.ts'

export interface RunningSlapd {
  readonly url: string
  readonly keeperSecret: string
  /** Key and certificate, PEM. */
  readonly tlsFile: string
}

/** Whole or not at all; the key is for its owner. */
export function writeTlsFile(path: string, pem: string): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, pem, { mode: 0o600, flush: true })
  renameSync(fresh, path)
}

/** slapd reads its files again when it is told their names again. */
export async function takeCertificate({ url, keeperSecret, tlsFile }: RunningSlapd): Promise<void> {
  const connection = await connectorOf(systemClock)(parseLdapUrl(url))
  using client = new LdapClient(connection, systemClock)
  await client.bind(keeperDn, keeperSecret)
  const values = [Buffer.from(tlsFile)]
  await client.modify(keeperDn, [
    { kind: 'replace', attribute: { name: 'olcTLSCertificateFile', values } },
  ])
}
