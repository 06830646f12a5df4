// Why this file exists: what can go wrong with an LDAP server, each with its code; the server's own code is kept.
import { Fault } from '#fault'
import type { Result } from '../message/message.ts'
import { resultCodes } from '../message/result-code.table.ts'
import {
  endings,
  otherEnding,
  otherRefusal,
  type RefusalWords,
  refusalWords,
} from './refusal-words.table.ts'

/** The server answered, and refused. */
export class LdapRefusal extends Fault {
  /** RFC 4511 4.1.9. */
  readonly resultCode: number

  constructor(result: Result, what: string, where: string, own?: RefusalWords) {
    const words = own ?? refusalWords[result.code]
    const todo = words?.todo ?? otherRefusal
    const why = [own?.why, reasonOf(result)].filter((part) => part !== undefined).join('; ')
    super(words?.code ?? 'CPC-LDAP-005', { what, where, why, todo })
    this.resultCode = result.code
  }
}

function reasonOf({ code, message, referrals }: Result): string {
  const name = resultCodes[code] ?? 'unknown code'
  const to = referrals.length === 0 ? '' : ` to ${referrals.slice(0, referralsShownMax).join(', ')}`
  return `${name} (${code})${to}${message === '' ? '' : `: ${message}`}`
}

const referralsShownMax = 5

/** The search that we follow has ended, which it never should. */
export function followingEnded(result: Result, base: string): LdapRefusal {
  const { what, own } = endings[result.code] ?? otherEnding
  return new LdapRefusal(result, what, base, own)
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

export function cannotEncrypt(peer: string, why: string): Fault {
  return new Fault('CPC-LDAP-056', {
    what: 'the connection to the directory server could not be encrypted',
    where: peer,
    why,
    todo: 'set up TLS on the server, or use ldaps://; without it nothing is sent',
  })
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
    todo: 'use ldaps://, or ldap:// with startTls: true, and caFile',
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
