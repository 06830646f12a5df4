// Why this file exists: Node reads certificates but makes none, and a program per certificate (openssl, certtool)
// would want files with keys. RFC 5280, version 3, RSA with SHA-256.
import { createHash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { der, parseAsn1, tags, x509Limits } from '#asn1'
import { oid } from './oid.ts'

export interface CertificateForm {
  /** Names as they stand in a certificate. */
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
  readonly publicKey: KeyObject
  readonly extensions: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface Certificate {
  readonly pem: string
  readonly der: Uint8Array
  /** Lower-case hex, as everywhere in the store. */
  readonly serial: string
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string
  readonly notAfter: Date
}

export function makeCertificate(form: CertificateForm, issuerKey: KeyObject): Certificate {
  const algorithm = der.sequence([der.oid(oid.sha256WithRsa), der.null()])
  const toBeSigned = der.sequence([
    der.sequence([der.integer(2)], tags.contextOf(0)),
    der.integer(randomSerial()),
    algorithm,
    form.issuer,
    der.sequence([der.time(form.notBefore), der.time(form.notAfter)]),
    form.subject,
    form.publicKey.export({ type: 'spki', format: 'der' }),
    der.sequence([form.extensions], tags.contextOf(3)),
  ])
  const signature = sign('sha256', toBeSigned, issuerKey)
  return describe(der.sequence([toBeSigned, algorithm, der.bits({ unused: 0, bytes: signature })]))
}

/** Positive and of one length: 127 random bits behind a leading one. */
function randomSerial(): bigint {
  const random = BigInt(`0x${randomBytes(16).toString('hex')}`)
  return BigInt.asUintN(126, random) | (1n << 126n)
}

export function describe(bytes: Uint8Array): Certificate {
  const parsed = new X509Certificate(bytes)
  return {
    pem: parsed.toString(),
    der: bytes,
    serial: parsed.serialNumber.toLowerCase(),
    fingerprint: fingerprintOf(bytes),
    notAfter: parsed.validToDate,
  }
}

export function fingerprintOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The subject byte for byte: an issuer's name must be repeated exactly. */
export function subjectBytes(certificate: Uint8Array): Uint8Array {
  const subject = parseAsn1(certificate, x509Limits, (reader) => {
    const toBeSigned = reader.enter().enter()
    // Version, serial number, algorithm, issuer, validity.
    for (let part = 0; part < 5; part += 1) toBeSigned.element()
    return toBeSigned.element(tags.sequence).raw
  })
  if (!subject.ok) throw new Error('a certificate that OpenSSL could read has no subject')
  return subject.value
}
