// Why this file exists: a host's first stage says how far it is; whether it may say so is judged at each report.
import { X509Certificate } from 'node:crypto'
import type { EntryId } from '#directory'
import type { HostKeeper, Phase } from '#host'
import type { CoreStore } from '#store'
import { type Authority, describePeerRefusal, judgePeer } from '#trust'
import type { HostReport, Reporter } from './enrol-server.ts'
import type { EventHub } from './events.ts'

export interface ReportParts {
  readonly authority: Authority
  readonly store: CoreStore
  readonly hosts: HostKeeper
  readonly events: EventHub
  readonly now: () => number
}

/** False when nobody knows who reports. */
export function takeReport(report: HostReport, who: Reporter, parts: ReportParts): boolean {
  const machine = machineOf(report, who, parts)
  if (machine === undefined) return false
  const { phase, detail } = report
  const { hosts } = parts
  if (phase === 'failed') {
    hosts.observe(machine, {
      kind: 'host-failed',
      phase: failedPhase(detail),
      reason: `the host says: ${detail}`,
    })
  } else if (phase === 'first-stage') {
    hosts.observe(machine, { kind: 'reached', phase, detail })
  } else {
    // What it says of later steps is evidence; that they are done we find out ourselves.
    hosts.observe(machine, { kind: 'heard', line: `the host says: ${phase} ${detail}` })
  }
  return true
}

function machineOf(report: HostReport, who: Reporter, parts: ReportParts): EntryId | undefined {
  const { authority, store, events, now } = parts
  if (who.certificate !== undefined && who.certificate.length > 0) {
    const certificate = new X509Certificate(who.certificate)
    const peer = judgePeer(certificate, { authority, revocations: store.certificates, now: now() })
    if (peer.ok) return peer.machine
    events.tell('alarm', 'report', `${peer.code} ${describePeerRefusal(peer.refusal)}`)
    return undefined
  }
  const claim = who.claim === undefined ? undefined : store.claims.find(who.claim)
  if (claim?.address !== report.from) return undefined
  // A claim of an earlier boot speaks for nobody any more.
  return claim.boot === String(parts.hosts.life(claim.machine).boot) ? claim.machine : undefined
}

const failedPhases: Readonly<Record<string, Phase>> = {
  enrol: 'enrolled',
  nfs: 'nfs',
  libvirtd: 'libvirt-port',
  trust: 'enrolled',
}

function failedPhase(detail: string): Phase {
  return failedPhases[detail.split(':')[0] ?? ''] ?? 'first-stage'
}
