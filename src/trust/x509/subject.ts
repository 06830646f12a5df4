// Why this file exists: a subject is read by OpenSSL, GnuTLS, libvirt's allow-list and us, each with rules of its own
// for what must be escaped. Ours holds only what needs no escaping anywhere.
import { der, tags } from '#asn1'
import { oid } from './oid.ts'

/** Always O=coppice; the common name is a machine's id, `appliance`, or the authority's name. */
export interface Subject {
  readonly commonName: string
}

export const organization = 'coppice'

/** RFC 5280's upper bound of a common name. */
const commonNameShape = /^[A-Za-z0-9]([A-Za-z0-9 .-]{0,62}[A-Za-z0-9])?$/

export function isSubject(subject: Subject): boolean {
  return commonNameShape.test(subject.commonName)
}

/** RFC 5280 4.1.2.4. */
export function encodeSubject(subject: Subject): Uint8Array {
  if (!isSubject(subject)) throw new Error(`no common name of ours: ${subject.commonName}`)
  return der.sequence([
    attribute(oid.organization, organization),
    attribute(oid.commonName, subject.commonName),
  ])
}

function attribute(type: string, value: string): Uint8Array {
  return der.set([der.sequence([der.oid(type), der.text(value, tags.utf8String)])])
}

/** As `virt-pki-query-dn` prints it and `tls_allowed_dn_list` wants it: in the order of the certificate. */
export function libvirtName(subject: Subject): string {
  return `O=${organization},CN=${subject.commonName}`
}
