// Why this file exists: a TLS handshake says that our authority signed a certificate, not that it still counts.
import { X509Certificate } from 'node:crypto'
import { parseUuid, type Uuid } from '#directory'
import type { Authority } from './authority.ts'

export type PeerRefusal =
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'out-of-time'; readonly from: string; readonly to: string }
  | { readonly kind: 'revoked'; readonly serial: string }
  | { readonly kind: 'no-machine'; readonly subject: string }

export type Peer =
  | { readonly ok: true; readonly machine: Uuid; readonly serial: string }
  | { readonly ok: false; readonly code: 'CPC-TLS-008'; readonly refusal: PeerRefusal }

/** The deny list; the store keeps it. Serials are lower-case hex. */
export interface Revocations {
  isRevoked(serial: string): boolean
}

export interface PeerQuestion {
  readonly authority: Pick<Authority, 'certificate'>
  readonly revocations: Revocations
  readonly now: number
}

/** Which machine a client certificate speaks for, asked at each request: a revocation counts at once. */
export function judgePeer(certificate: X509Certificate, question: PeerQuestion): Peer {
  const { authority, revocations, now } = question
  const serial = certificate.serialNumber.toLowerCase()
  if (!isSignedBy(certificate, authority)) return refuse({ kind: 'not-ours' })
  const { validFromDate: from, validToDate: to } = certificate
  if (now < from.getTime() || now > to.getTime()) {
    return refuse({ kind: 'out-of-time', from: from.toISOString(), to: to.toISOString() })
  }
  if (revocations.isRevoked(serial)) return refuse({ kind: 'revoked', serial })
  const machine = parseUuid(/^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '')
  return machine
    ? { ok: true, machine, serial }
    : refuse({ kind: 'no-machine', subject: certificate.subject })
}

export function describePeerRefusal(refusal: PeerRefusal): string {
  switch (refusal.kind) {
    case 'not-ours':
      return 'its certificate was signed by another authority'
    case 'out-of-time':
      return `its certificate is good from ${refusal.from} to ${refusal.to}`
    case 'revoked':
      return `its certificate ${refusal.serial} was revoked`
    case 'no-machine':
      return `its certificate speaks for no machine (${JSON.stringify(refusal.subject)})`
  }
}

function isSignedBy(
  certificate: X509Certificate,
  { certificate: own }: PeerQuestion['authority'],
): boolean {
  const issuer = new X509Certificate(own.der)
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function refuse(refusal: PeerRefusal): Peer {
  return { ok: false, code: 'CPC-TLS-008', refusal }
}
