// Why this file exists: between a judged claim and a signed certificate lies one more look at what the host sent.
import { createHash, type KeyObject } from 'node:crypto'
import { Fault } from '#fault'
import { describeRequestRefusal, parseRequest } from './x509/request.ts'

/** The key of a certificate request, or a fault that the host's first stage can print. */
export function requestedKey(request: string | Uint8Array, where: string): KeyObject {
  const parsed = parseRequest(request)
  if (parsed.ok) return parsed.publicKey
  throw new Fault('CPC-TLS-002', {
    what: 'a certificate request was refused',
    where,
    why: describeRequestRefusal(parsed.refusal),
    todo: 'make it with: openssl req -new -newkey rsa:2048 -nodes -sha256 -subj /CN=host',
  })
}

/** How a claim remembers a key: SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
export function keyName(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}
