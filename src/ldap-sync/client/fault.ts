// Why this file exists: what can go wrong with an LDAP server, each with its code; the server's own code is kept.
import { Fault, type FaultText } from '#fault'
import type { Result } from '../message/message.ts'
import { resultCodes } from '../message/result-code.table.ts'

/** The server answered, and refused. */
export class LdapRefusal extends Fault {
  /** RFC 4511 4.1.9. */
  readonly resultCode: number

  constructor(result: Result, what: string, where: string) {
    super('CPC-LDAP-005', refusalText(result, what, where))
    this.resultCode = result.code
  }
}

function refusalText(result: Result, what: string, where: string): FaultText {
  const name = resultCodes[result.code] ?? 'unknown code'
  const words = result.message === '' ? '' : `: ${result.message}`
  const todo = advice[result.code] ?? 'see what the directory server logs about this operation'
  return { what, where, why: `${name} (${result.code})${words}`, todo }
}

const advice: Readonly<Record<number, string>> = {
  49: 'check directory.bindDn and the secret',
  50: 'give the bind DN the right to do this, or use another one',
  17: "load Coppice's schema into the server (schema/coppice.ldif)",
  21: 'correct the value',
  12: 'the server lacks content synchronisation (RFC 4533): load its syncprov overlay',
}

export function cannotConnect(peer: string, why: string, cause?: unknown): Fault {
  const text = {
    what: 'the directory server cannot be reached',
    where: peer,
    why,
    todo: 'check that it runs and that directory.url and caFile are right',
  }
  return new Fault('CPC-LDAP-002', text, { cause })
}

export function connectionLost(peer: string, why: string): Fault {
  return new Fault('CPC-LDAP-003', {
    what: 'the connection to the directory server was lost',
    where: peer,
    why,
    todo: 'nothing: it is made again by itself; what was asked meanwhile can be asked again',
  })
}

export function tooSlow(what: string, peer: string, millis: number): Fault {
  return new Fault('CPC-LDAP-004', {
    what,
    where: peer,
    why: `the directory server did not answer in ${millis} ms`,
    todo: 'check the load of the server and the network to it',
  })
}

export function notPrivate(peer: string): Fault {
  return new Fault('CPC-LDAP-006', {
    what: 'a password is not sent over an open connection',
    where: peer,
    why: 'the server is on another machine and the connection is not encrypted',
    todo: 'use ldaps:// and caFile',
  })
}

export function tooMany(what: string, peer: string): Fault {
  return new Fault('CPC-LDAP-007', {
    what: 'the directory server is asked too much at once',
    where: peer,
    why: what,
    todo: 'try again later',
  })
}

export function badAnswer(peer: string, why: string): Fault {
  return new Fault('CPC-LDAP-008', {
    what: 'the directory server sent something that is not LDAP',
    where: peer,
    why,
    todo: 'check that directory.url names an LDAP server of version 3',
  })
}
