// Why this file exists: a password that has expired, or must be changed first, looks to a plain bind like a wrong one,
// or like none at all. The password policy control (draft-behera-ldap-password-policy-10) says which it is.
import { ldapLimits, parseAsn1, tags } from '#asn1'
import type { Control, Result } from '../message/message.ts'
import { LdapRefusal } from './fault.ts'

const oid = '1.3.6.1.4.1.42.2.27.8.5.1'

/** Not critical: a server without password policies passes over it. */
export const passwordPolicyRequest: Control = { oid, critical: false }

/** By the control's own numbers. The others are about changing a password, which we never do. */
const troubles = new Map([
  [0, 'the password has expired'],
  [1, 'the account is locked, after too many wrong passwords or by an administrator'],
  [2, 'the password was reset and must be changed before anything else is allowed'],
])

/** Why the password is not good, if the server says that it is not. */
export function passwordTrouble(controls: readonly Control[]): string | undefined {
  const value = controls.find((control) => control.oid === oid)?.value
  if (!value) return undefined
  const read = parseAsn1(value, ldapLimits, (outer) => {
    const reader = outer.enter()
    // A warning: days left, or log-ins left. It is good until then.
    if (reader.sees(tags.contextOf(0))) reader.element()
    const error = tags.context(1)
    return reader.sees(error) ? reader.count(255, error) : undefined
  })
  return read.ok && read.value !== undefined ? troubles.get(read.value) : undefined
}

export function passwordRefused(
  trouble: string,
  dn: string,
  result: Result | undefined,
): LdapRefusal {
  const noCode = { code: 49, matchedDn: '', message: '', referrals: [] }
  const words = {
    code: 'CPC-LDAP-051',
    why: trouble,
    todo: 'change the password of bindDn on the server, write it into secretFile; it is read again at the next attempt',
  } as const
  return new LdapRefusal(
    result ?? noCode,
    'the password for the directory is not good any more',
    dn,
    words,
  )
}
