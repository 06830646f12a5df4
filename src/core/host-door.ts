// Why this file exists: hosts come in by one door on each provisioning address: to enrol, and to say how far they are.
import type { Server } from 'node:https'
import { openEnrolServer } from './enrol-server.ts'
import { enrol, type EnrolmentParts } from './enrolment.ts'
import { type Foundation, markStore } from './foundation.ts'
import { takeReport } from './reports.ts'

/** Within this time wire has told again what core did not hear while it was away. */
const settlingMs = 20_000

export async function openHostDoor(
  foundation: Foundation,
  isWireHere: () => boolean,
): Promise<readonly Server[]> {
  const { settings, applianceAddresses, own, authority, ssh, log, now } = foundation
  const startedAt = now()
  const parts: EnrolmentParts = {
    ...foundation,
    isSettling: () => !isWireHere() || now() - startedAt < settlingMs,
    authorizedKey: ssh.publicKey,
    rememberHostKey: (machine, line) => ssh.remember(machine, line),
  }
  markStore(settings.images.store, settings.site)
  return Promise.all(
    applianceAddresses.map((address) =>
      openEnrolServer(
        { address, port: settings.enrol.port },
        {
          own,
          caPem: authority.certificate.pem,
          enrol: (request) => enrol(request, parts),
          report: (report, who) => takeReport(report, who, foundation),
          log,
        },
      ),
    ),
  )
}
