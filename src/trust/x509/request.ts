// Why this file exists: anybody on the wire may send bytes that call themselves a certificate request. Out of them
// comes one thing only, an RSA key that the sender proved to have (RFC 2986).
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { describeRefusal, parseAsn1, type Reader, tags, x509Limits } from '#asn1'
import { oid } from './oid.ts'

export type RequestRefusal =
  | { readonly kind: 'too-long'; readonly bytesMax: number }
  | { readonly kind: 'not-pem' }
  | { readonly kind: 'not-a-request'; readonly why: string }
  | { readonly kind: 'wrong-algorithm'; readonly found: string }
  | { readonly kind: 'wrong-key'; readonly why: string }
  | { readonly kind: 'wrong-signature' }

export type ParsedRequest =
  | { readonly ok: true; readonly publicKey: KeyObject }
  | { readonly ok: false; readonly refusal: RequestRefusal }

export const requestBytesMax = 16 * 1024
const modulusBitsMin = 2048
/** Checking a signature of a far longer key would take seconds of our time. */
const modulusBitsMax = 8192
const exponentMin = 65_537n
const exponentMax = 0xffff_ffffn

const hashes: ReadonlyMap<string, string> = new Map([
  [oid.sha256WithRsa, 'sha256'],
  [oid.sha384WithRsa, 'sha384'],
  [oid.sha512WithRsa, 'sha512'],
])

interface Parts {
  readonly info: Uint8Array
  readonly spki: Uint8Array
  readonly algorithm: string
  readonly signature: Uint8Array
}

/** PEM or DER. */
export function parseRequest(input: string | Uint8Array): ParsedRequest {
  if (input.length > requestBytesMax) {
    return refuse({ kind: 'too-long', bytesMax: requestBytesMax })
  }
  const bytes = typeof input === 'string' ? pemContent(input) : input
  if (!bytes) return refuse({ kind: 'not-pem' })
  const parts = parseAsn1(bytes, x509Limits, readParts)
  return parts.ok
    ? judge(parts.value)
    : refuse({ kind: 'not-a-request', why: describeRefusal(parts.refusal) })
}

export function describeRequestRefusal(refusal: RequestRefusal): string {
  switch (refusal.kind) {
    case 'too-long':
      return `it is longer than ${refusal.bytesMax} bytes`
    case 'not-pem':
      return 'it is not PEM of the kind CERTIFICATE REQUEST'
    case 'not-a-request':
      return `it is no PKCS #10 request: ${refusal.why}`
    case 'wrong-algorithm':
      return `it is signed by an algorithm that is not RSA with SHA-2 (${refusal.found})`
    case 'wrong-key':
      return refusal.why
    case 'wrong-signature':
      return 'it is not signed by the key that it holds'
  }
}

function pemContent(text: string): Uint8Array | undefined {
  const armour =
    /-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END \1?CERTIFICATE REQUEST-----/
  const base64 = armour.exec(text)?.[2]
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}

function readParts(reader: Reader): Parts {
  const request = reader.enter()
  const info = request.element(tags.sequence)
  const spki = readInfo(request.into(info))
  const algorithm = readAlgorithm(request.enter())
  const signature = request.bits().bytes
  request.end()
  return { info: info.raw, spki, algorithm, signature }
}

/** The subject and the attributes are the sender's wishes; nothing is taken from them. */
function readInfo(info: Reader): Uint8Array {
  info.count(0)
  info.element(tags.sequence)
  const spki = info.element(tags.sequence).raw
  if (!info.atEnd) info.element(tags.contextOf(0))
  info.end()
  return spki
}

function readAlgorithm(algorithm: Reader): string {
  const found = algorithm.oid()
  if (!algorithm.atEnd) algorithm.element()
  algorithm.end()
  return found
}

function judge({ info, spki, algorithm, signature }: Parts): ParsedRequest {
  const hash = hashes.get(algorithm)
  if (hash === undefined) return refuse({ kind: 'wrong-algorithm', found: algorithm })
  const publicKey = readKey(spki)
  if (typeof publicKey === 'string') return refuse({ kind: 'wrong-key', why: publicKey })
  return verify(hash, info, publicKey, signature)
    ? { ok: true, publicKey }
    : refuse({ kind: 'wrong-signature' })
}

/** The key, or why it is none that we sign. */
function readKey(spki: Uint8Array): KeyObject | string {
  const key = parseKey(spki)
  if (key?.asymmetricKeyType !== 'rsa') return 'its key is no RSA key'
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < modulusBitsMin || modulusLength > modulusBitsMax) {
    return `its RSA key has ${modulusLength} bits; ${modulusBitsMin} to ${modulusBitsMax} are accepted`
  }
  const isUsual =
    publicExponent >= exponentMin && publicExponent <= exponentMax && publicExponent % 2n === 1n
  return isUsual ? key : `its RSA key has the unusual exponent ${publicExponent}`
}

function parseKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

function refuse(refusal: RequestRefusal): ParsedRequest {
  return { ok: false, refusal }
}
