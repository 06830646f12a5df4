// Why this file exists: every reader of bytes that came from an LDAP peer, fed with the same bent message. Each may give a
// value or a refusal; anything thrown is a bug.
import assert from 'node:assert/strict'
import { ldapLimits } from '#asn1'
import { passwordTrouble } from '../../src/ldap-sync/client/password-policy.ts'
import { Framer } from '../../src/ldap-sync/client/framer.ts'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import type { LdapMessage } from '../../src/ldap-sync/message/message.ts'
import {
  readSyncDone,
  readSyncInfo,
  readSyncRequest,
  readSyncState,
} from '../../src/ldap-sync/sync/sync-control.ts'
import { below, randomOf } from './random.ts'

/** How many of the readers understood it. */
export function readByAll(bytes: Uint8Array, seed: number): number {
  readInPieces(bytes, seed)
  const message = decodeMessage(bytes)
  if (message.ok) comesBack(message.value)
  const controls = [
    readSyncState(bytes),
    readSyncInfo(bytes),
    readSyncDone(bytes),
    readSyncRequest(bytes),
  ]
  passwordTrouble([{ oid: '1.3.6.1.4.1.42.2.27.8.5.1', critical: false, value: bytes }])
  return [message, ...controls].filter((read) => read.ok).length
}

/** As TCP would: cut anywhere. */
function readInPieces(bytes: Uint8Array, seed: number): void {
  const random = randomOf(seed)
  const framer = new Framer(ldapLimits)
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + below(random, bytes.length - at)
    if (framer.push(bytes.subarray(at, end), () => undefined)) return
    assert.ok(framer.pendingBytes <= bytes.length)
    at = end
  }
}

/** What was understood means the same when it is said again. */
function comesBack(message: LdapMessage): void {
  const said = encodeMessage(message)
  const again = decodeMessage(said)
  assert.ok(again.ok)
  assert.equal(Buffer.compare(encodeMessage(again.value), said), 0)
}
