// Why this file exists: a connection becomes private by TLS from its first byte (ldaps), or by StartTLS (RFC 4511 4.14)
// before anything else is said. Refused or tampered with, it ends; it never goes on in clear.
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import { describeRefusal, ldapLimits } from '#asn1'
import { decodeMessage } from '../message/decode.ts'
import { encodeMessage } from '../message/encode.ts'
import type { LdapMessage } from '../message/message.ts'
import { resultCodes } from '../message/result-code.table.ts'
import { cannotConnect, cannotEncrypt } from './fault.ts'
import { Framer } from './framer.ts'
import type { LdapUrl } from './url.ts'

export interface TlsSettings {
  /** Replaces the system's authorities. */
  readonly caFile?: string
  /** For ldap://, whose connections begin in clear. */
  readonly startTls?: boolean
}

const startTlsOid = '1.3.6.1.4.1.1466.20037'

/** The socket inside TLS. It tells `secureConnect` once the server has proved who it is. */
export async function encrypted(bare: Socket, url: LdapUrl, tls: TlsSettings): Promise<Socket> {
  if (url.kind === 'tcp') await startTls(bare, url)
  const host = url.kind === 'unix' ? '' : url.host
  const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
  return connect({ socket: bare, host, ...name, ...authorities(url, tls) })
}

function authorities(url: LdapUrl, { caFile }: TlsSettings): { readonly ca?: Buffer } {
  if (caFile === undefined) return {}
  try {
    return { ca: readFileSync(caFile) }
  } catch (error) {
    throw cannotConnect(url.text, error instanceof Error ? error.message : String(error), error)
  }
}

async function startTls(socket: Socket, url: LdapUrl): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const framer = new Framer(ldapLimits)
  const answers: LdapMessage[] = []
  const fail = (why: string): void => reject(cannotEncrypt(url.text, why))
  const lost = (): void => fail('the peer closed the connection')
  const take = (bytes: Uint8Array): void => {
    const refusal = framer.push(bytes, (message) => {
      const read = decodeMessage(message)
      if (read.ok) answers.push(read.value)
      else fail(describeRefusal(read.refusal))
    })
    if (refusal) return fail(describeRefusal(refusal))
    const [answer] = answers
    if (!answer) return undefined
    // What comes in clear after the answer would be taken for what came inside TLS.
    if (answers.length > 1 || framer.pendingBytes > 0)
      return fail('more than an answer came in clear')
    const why = objection(answer)
    return why === undefined ? resolve() : fail(why)
  }
  socket.on('data', take)
  socket.once('close', lost)
  const operation = { kind: 'extendedRequest', name: startTlsOid } as const
  socket.write(encodeMessage({ id: 1, operation, controls: [] }))
  try {
    await promise
  } finally {
    socket.off('data', take)
    socket.off('close', lost)
    socket.pause()
  }
}

function objection({ id, operation }: LdapMessage): string | undefined {
  if (id !== 1 || operation.kind !== 'extendedResponse')
    return `a ${operation.kind} came as an answer`
  const { code, message } = operation.result
  if (code === 0) return undefined
  return `the server refused StartTLS: ${resultCodes[code] ?? code}${message === '' ? '' : `: ${message}`}`
}
