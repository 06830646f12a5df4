// Why this file exists: SSH is the second hand that we have on a host (libvirt is the first). Its key was shown to us
// over TLS at enrolment, so a host is known by what it is, never by its address.
import { formatIp4, type Ip4 } from '#directory'

export interface SshIdentity {
  readonly keyFile: string
  readonly knownHostsFile: string
}

export interface SshTarget {
  readonly machineId: string
  readonly address: Ip4
}

export const sshConnectSeconds = 5

/** One argv that runs `command` on the host; each word arrives there as that one word. */
export function sshArgv(
  identity: SshIdentity,
  target: SshTarget,
  command: readonly string[],
): readonly [string, ...string[]] {
  const options = [
    `UserKnownHostsFile=${identity.knownHostsFile}`,
    `IdentityFile=${identity.keyFile}`,
    `HostKeyAlias=${target.machineId}`,
    `ConnectTimeout=${sshConnectSeconds}`,
    'StrictHostKeyChecking=yes',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'CheckHostIP=no',
    'LogLevel=ERROR',
  ]
  return [
    'ssh',
    '-F',
    'none',
    ...options.flatMap((option) => ['-o', option]),
    `root@${formatIp4(target.address)}`,
    '--',
    command.map(shellWord).join(' '),
  ]
}

/** A remote shell reads what we send; in single quotes it takes every byte as it is. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** One line of known_hosts for a key that a host showed at enrolment; `undefined` for what is no ed25519 key. */
export function knownHostLine(machineId: string, publicKey: string): string | undefined {
  const match = /^ssh-ed25519 [A-Za-z0-9+/]{68}(={0,2})( |$)/.exec(publicKey.trim())
  return match === null ? undefined : `${machineId} ${match[0].trim()}\n`
}

export interface Mount {
  readonly source: string
  readonly type: string
  readonly readOnly: boolean
}

/** What /proc/mounts says of one place. */
export function mountedAt(procMounts: string, place: string): Mount | undefined {
  const fields = procMounts
    .split('\n')
    .map((line) => line.split(' '))
    .findLast((line) => line[1] === place)
  const [source, , type, options] = fields ?? []
  if (source === undefined || type === undefined || options === undefined) return undefined
  return { source, type, readOnly: options.split(',').includes('ro') }
}
