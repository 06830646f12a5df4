// Why this file exists: the exact content of every file by which a host knows its people, as one value: what is pushed,
// compared by its digest, and tested without a host.
import { type Account, type BaseFiles, linesOf } from './admit.ts'
import { type Digest, type Held, heldOf, heldText } from './held.ts'
import { accountLine, sudoersLine } from './lines.ts'

export interface AccountFile {
  readonly name: string
  readonly content: string
}

export interface AccountFiles {
  readonly files: readonly AccountFile[]
  readonly held: readonly Held[]
  /** Of all of them. */
  readonly digest: string
}

/** sshd lets in the members of this group, and root. */
export const peopleGroup = 'people'

export function accountFiles(
  accounts: readonly Account[],
  base: BaseFiles,
  digest: Digest,
): AccountFiles {
  const held = accounts.map((account) => heldOf(account, digest))
  const files = [
    { name: 'passwd', content: base.passwd + accounts.map(passwdLine).join('') },
    { name: 'group', content: groupFile(accounts, base) },
    { name: 'shadow', content: base.shadow + accounts.map(shadowLine).join('') },
    { name: 'shells', content: base.shells },
    { name: 'sudoers', content: base.sudoers + accounts.map(sudoLine).join('') },
    { name: 'people', content: heldText(held) },
    ...accounts.map(({ name, keys }) => ({
      name: `key.${name}`,
      content: keys.map((key) => `${key}\n`).join(''),
    })),
  ]
  return { files, held, digest: digest(JSON.stringify(files)) }
}

/** The directory may name another home; a host has but its memory to put one in. */
function passwdLine({ name, uid, gid, fullName, shell }: Account): string {
  return accountLine`${name}:x:${uid}:${gid}:${fullName}:/home/${name}:${shell}`
}

/** An asterisk is no password, and unlike an exclamation mark it locks no key out. */
function shadowLine({ name }: Account): string {
  return accountLine`${name}:*:::::::`
}

function sudoLine({ name, sudo }: Account): string {
  return sudo ? sudoersLine`${name} ALL=(ALL:ALL) NOPASSWD: ALL` : ''
}

/** Each has a group of that name unless the directory gives another number, which stays without a name here. */
function groupFile(accounts: readonly Account[], base: BaseFiles): string {
  const members = accounts.map(({ name }) => name).join(',')
  const rows = linesOf(base.group).map((row) =>
    row.startsWith(`${peopleGroup}:`) ? `${row}${members}\n` : `${row}\n`,
  )
  const own = accounts.filter(({ uid, gid }) => uid === gid)
  return [...rows, ...own.map(({ name, gid }) => accountLine`${name}:x:${gid}:`)].join('')
}
