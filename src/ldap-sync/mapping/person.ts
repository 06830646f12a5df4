// Why this file exists: who may log in to hosts. Names and keys from here end in account files on every host, so
// only those of a safe shape become a person.
import type { Person } from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import { type Fields, hasClass } from './fields.ts'

const accountName = /^[a-z_][a-z0-9_.-]{0,31}$/
/** One line, no options: `command="…"` before a key would be obeyed by sshd. */
const sshKey =
  /^(ssh-(rsa|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,3}( [^\p{Cc}]{0,200})?$/u
const uidNumberLimits = { min: 0, max: 0x7fff_ffff }

export function isPerson(entry: RawEntry): boolean {
  return hasClass(entry, 'posixaccount') || hasClass(entry, 'coppiceperson')
}

export function mapPerson(entry: RawEntry, fields: Fields): Person | undefined {
  const uid = uidOf(fields)
  const uidNumber = fields.integer('uidnumber', uidNumberLimits)
  const sudo = fields.flag('coppicesudo')
  const sshKeys = fields.all('sshpublickey').flatMap((text) => {
    const key = text.trim()
    if (sshKey.test(key)) return [key]
    fields.notes.push('an sshPublicKey is no plain key line and left out')
    return []
  })
  if (uid === undefined) return undefined
  const tags = fields.all('coppicetag')
  const number = uidNumber === undefined ? {} : { uidNumber }
  return { kind: 'person', id: entry.id, dn: entry.dn, uid, ...number, sshKeys, tags, sudo }
}

function uidOf(fields: Fields): string | undefined {
  const canonical = fields.canonical()
  const all = fields.all('uid')
  const uid = all.includes(canonical) ? canonical : all[0]
  if (uid !== undefined && accountName.test(uid)) return uid
  fields.problems.push(uid === undefined ? 'it has no uid' : 'its uid is no account name')
  return undefined
}
