// Why this file exists: what is bent must be good to begin with: messages of real clients and servers, and all that a
// server says to those who follow it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { der, frameAt, ldapLimits, tags } from '#asn1'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import { ldapFilter } from '../../src/ldap-sync/message/filter.ts'
import type { Control, Operation } from '../../src/ldap-sync/message/message.ts'
import { syncRequest } from '../../src/ldap-sync/sync/sync-control.ts'
import {
  doneControl,
  idSet,
  info,
  policyControl,
  result,
  stateControl,
} from '../ldap-server/answers.ts'
import { readFrames, tcpStreams } from '../pcap.ts'

const vectors = join(import.meta.dirname, '../vectors/ldap')
const uuid = (number: number): string => number.toString(16).padStart(32, '0')

/** The question that a client asks first, and the one that it goes on hearing answers to. */
export const questionIds = { search: 1, follow: 2 } as const

export function ldapCorpus(): Uint8Array[] {
  // Buffers share memory when they are sliced; what is bent must not bend the corpus.
  return [...recorded(), ...synchronized()].map((bytes) => new Uint8Array(bytes))
}

function recorded(): Uint8Array[] {
  const files = readdirSync(vectors).filter((name) => name.endsWith('.pcap'))
  return files.flatMap((file) =>
    tcpStreams(readFrames(readFileSync(join(vectors, file)))).flatMap(({ payload }) =>
      messagesIn(payload),
    ),
  )
}

function messagesIn(payload: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  for (let at = 0; at < payload.length;) {
    const framing = frameAt(payload, at, ldapLimits)
    if (framing.kind !== 'frame' || payload[at] !== 0x30) break
    found.push(payload.slice(at, framing.end))
    at = framing.end
  }
  return found
}

function synchronized(): Uint8Array[] {
  const attributes = [
    { name: 'objectClass', values: ['device', 'ieee802Device'].map((value) => Buffer.from(value)) },
    { name: 'macAddress', values: [Buffer.from('52:54:00:00:00:01')] },
  ]
  const entry: Operation = { kind: 'searchEntry', dn: 'cn=n1,ou=machines,dc=x', attributes }
  const cookie = der.text('rid=000,csn=20260101000000.000000Z#000000#000#000000')
  const ids = Array.from({ length: 20 }, (_, number) => uuid(number))
  const said: readonly (readonly [Operation, readonly Control[]])[] = [
    [entry, [stateControl('add', uuid(1))]],
    [entry, [stateControl('modify', uuid(1), 'csn=7')]],
    [{ ...entry, attributes: [] }, [stateControl('delete', uuid(1), 'csn=8')]],
    [{ ...entry, attributes: [] }, [stateControl('present', uuid(2))]],
    [idSet(ids, { deletes: true }), []],
    [idSet(ids, { deletes: false }), []],
    [info(der.text('csn=9', tags.context(0))), []],
    [info(der.sequence([cookie], tags.contextOf(1))), []],
    [info(der.sequence([cookie, der.boolean(false)], tags.contextOf(2))), []],
    [{ kind: 'searchDone', result: result(0) }, [doneControl('csn=9')]],
    [{ kind: 'searchDone', result: { ...result(10), referrals: ['ldap://elsewhere'] } }, []],
    [{ kind: 'searchReference', urls: ['ldap://elsewhere/dc=y'] }, []],
    [{ kind: 'bindResponse', result: result(49) }, [policyControl(0)]],
  ]
  const answers = Object.values(questionIds).flatMap((id) =>
    said.map(([operation, controls]) => encodeMessage({ id, operation, controls })),
  )
  const search = {
    base: 'dc=x',
    scope: 'sub',
    deref: 0,
    sizeLimit: 0,
    timeLimitSeconds: 0,
    typesOnly: false,
    filter: ldapFilter`(&(objectClass=device)(|(cn=a*b)(!(cn=c))))`,
    attributes: ['cn'],
  } as const
  const request = syncRequest({ mode: 'refreshAndPersist', cookie: Buffer.from('csn=1') })
  const question = { kind: 'searchRequest', search } as const
  return [...answers, encodeMessage({ id: 3, operation: question, controls: [request] })]
}
