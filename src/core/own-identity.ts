// Why this file exists: what core holds of its own: the authority, its certificate, its SSH key, and what wire tells
// machines of them.
import { join } from 'node:path'
import type { Settings } from '#config'
import { formatIp4, type Ip4 } from '#directory'
import type { BootSettings } from '#feed'
import { type Authority, issueOwn, openAuthority, type OwnCertificate } from '#trust'
import { applianceSubject } from './enrolment.ts'
import { openSshIdentity, type OwnSsh } from './ssh-identity.ts'

export interface OwnIdentity {
  readonly authority: Authority
  /** For hosts and libvirt alike; its key lives in memory and is made anew at each start. */
  readonly own: OwnCertificate
  readonly ssh: OwnSsh
  readonly boot: BootSettings
}

const ownDays = 365

export async function openOwnIdentity(
  settings: Settings,
  dataDir: string,
  addresses: readonly Ip4[],
): Promise<OwnIdentity> {
  const now = Date.now()
  const authority = await openAuthority({
    dir: join(dataDir, 'ca'),
    name: `Coppice ${settings.site}`,
    now,
  })
  const own = await issueOwn(authority, {
    subject: applianceSubject,
    dns: ['appliance', `ns.${settings.domain}`, ...addresses.map(formatIp4)],
    ip: addresses,
    usages: ['server', 'client'],
    days: ownDays,
    now,
  })
  const boot = {
    caFingerprint: authority.certificate.fingerprint,
    caPem: authority.certificate.pem,
    enrolPort: settings.enrol.port,
  }
  return { authority, own, ssh: await openSshIdentity(dataDir), boot }
}
