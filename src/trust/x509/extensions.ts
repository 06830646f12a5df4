// Why this file exists: what a certificate may be used for is said in its extensions, and GnuTLS, OpenSSL's strict
// mode and libvirt each miss different ones.
import { createHash, type KeyObject } from 'node:crypto'
import { der, tags } from '#asn1'
import { formatIp4, type Ip4 } from '#directory'
import { oid } from './oid.ts'

export type Usage = 'server' | 'client'

export interface AltNames {
  readonly dns: readonly string[]
  readonly ip: readonly Ip4[]
}

interface Keys {
  readonly subject: KeyObject
  readonly issuer: KeyObject
}

/** For the authority itself: it signs certificates and nothing below it may. */
export function authorityExtensions(key: KeyObject): Uint8Array {
  return der.sequence([
    critical(oid.basicConstraints, der.sequence([der.boolean(true), der.integer(0)])),
    // keyCertSign and cRLSign, bits 5 and 6.
    critical(oid.keyUsage, der.bits({ unused: 1, bytes: Uint8Array.of(0x06) })),
    plain(oid.subjectKeyId, der.octets(keyId(key))),
  ])
}

export function leafExtensions(keys: Keys, usages: readonly Usage[], names: AltNames): Uint8Array {
  return der.sequence([
    critical(oid.basicConstraints, der.sequence([])),
    // digitalSignature and keyEncipherment, bits 0 and 2: libvirt 9 refuses a certificate without the second.
    critical(oid.keyUsage, der.bits({ unused: 5, bytes: Uint8Array.of(0xa0) })),
    plain(oid.extendedKeyUsage, der.sequence(usages.map(purpose))),
    plain(oid.subjectKeyId, der.octets(keyId(keys.subject))),
    plain(oid.authorityKeyId, der.sequence([der.octets(keyId(keys.issuer), tags.context(0))])),
    ...altNames(names),
  ])
}

function purpose(usage: Usage): Uint8Array {
  return der.oid(usage === 'server' ? oid.serverAuth : oid.clientAuth)
}

/** RFC 5280 4.2.1.6; without a name the extension is left out, as an empty one is not allowed. */
function altNames({ dns, ip }: AltNames): readonly Uint8Array[] {
  const names = [
    ...dns.map((name) => der.text(name, tags.context(2))),
    ...ip.map((address) => der.octets(octetsOf(address), tags.context(7))),
  ]
  return names.length > 0 ? [plain(oid.subjectAltName, der.sequence(names))] : []
}

function octetsOf(address: Ip4): Uint8Array {
  return Uint8Array.from(formatIp4(address).split('.'), Number)
}

/** RFC 7093 2, method 1: SHA-1 is nothing we want to start with. */
function keyId(key: KeyObject): Uint8Array {
  const spki = key.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest().subarray(0, 20)
}

function critical(id: string, value: Uint8Array): Uint8Array {
  return der.sequence([der.oid(id), der.boolean(true), der.octets(value)])
}

function plain(id: string, value: Uint8Array): Uint8Array {
  return der.sequence([der.oid(id), der.octets(value)])
}
