// Why this file exists: who may log in to hosts. Names and keys from here end in account files on every host, so
// only those of a safe shape become a person.
import type { Person } from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import { hasClass } from './classes.ts'
import type { Fields } from './fields.ts'
import { shown } from './shown.ts'

const accountName = /^[a-z_][a-z0-9_.-]{0,31}$/
/** One line, no options: `command="…"` before a key would be obeyed by sshd. */
const sshKey =
  /^(ssh-(rsa|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,3}( [^\p{Cc}]{0,200})?$/u
const numberLimits = { min: 0, max: 0x7fff_ffff }
/** Numbers below belong to the system of each host, whatever runs it. */
const firstOfPeople = 1000
/** Debian gives these to accounts of the system; the second is nobody. */
const systemNumbers: ReadonlySet<number> = new Set([64055, 65534, 65535])
/** Of Debian's own accounts, and of those that our image has. */
const systemNames: ReadonlySet<string> = new Set(
  'root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody nogroup messagebus sshd statd tss tty kvm disk shadow sudo people libvirt-qemu'.split(
    ' ',
  ),
)
const shellPath = /^(\/[A-Za-z0-9_.+-]+){1,8}$/
const fullNameCharactersMax = 100

export function isPerson(entry: RawEntry): boolean {
  return hasClass(entry, 'posixaccount') || hasClass(entry, 'coppiceperson')
}

export function mapPerson(entry: RawEntry, fields: Fields): Person | undefined {
  const uid = uidOf(fields)
  const account = accountOf(fields)
  const sudo = fields.flag('coppicesudo')
  const sshKeys = fields.all('sshpublickey').flatMap((text) => {
    const key = text.trim()
    if (sshKey.test(key)) return [key]
    fields.note('an sshPublicKey is no plain key line and left out')
    return []
  })
  if (uid === undefined) return undefined
  const tags = fields.texts('coppicetag')
  return { kind: 'person', id: entry.id, dn: fields.dn, uid, ...account, sshKeys, tags, sudo }
}

/** What an account on a host is made of beside its name. */
function accountOf(
  fields: Fields,
): Pick<Person, 'uidNumber' | 'gidNumber' | 'loginShell' | 'fullName'> {
  const uidNumber = fields.integer('uidnumber', numberLimits)
  if (uidNumber !== undefined && isOfSystem(uidNumber))
    fields.refuse(`its uidNumber ${uidNumber} is that of an account of the system`)
  const gidNumber = fields.integer('gidnumber', numberLimits)
  const isGroup = gidNumber !== undefined && !isOfSystem(gidNumber)
  if (gidNumber !== undefined && !isGroup)
    fields.note(`gidNumber ${gidNumber} is that of a group of the system and left out`)
  const [shell] = fields.all('loginshell')
  const isShell = shell !== undefined && shellPath.test(shell)
  if (shell !== undefined && !isShell)
    fields.note(`loginShell ${shown(shell)} is no path of a program and left out`)
  const fullName = [...fields.all('gecos'), ...fields.all('displayname')][0]
  return {
    ...(uidNumber === undefined ? {} : { uidNumber }),
    ...(isGroup ? { gidNumber } : {}),
    ...(isShell ? { loginShell: shell } : {}),
    ...(fullName === undefined ? {} : { fullName: fullName.slice(0, fullNameCharactersMax) }),
  }
}

function isOfSystem(number: number): boolean {
  return number < firstOfPeople || systemNumbers.has(number)
}

function uidOf(fields: Fields): string | undefined {
  const canonical = fields.canonical()
  const all = fields.all('uid')
  const uid = all.includes(canonical) ? canonical : all[0]
  if (uid === undefined) fields.refuse('it has no uid')
  else if (!accountName.test(uid)) fields.refuse('its uid is no account name')
  else if (systemNames.has(uid)) fields.refuse(`its uid ${uid} is an account of the system`)
  else return uid
  return undefined
}
