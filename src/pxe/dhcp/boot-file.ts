// Why this file exists: what a machine loads next depends on what it is now (its firmware, or our loader) and on what
// it is meant to be. The same question is asked by an authoritative answer and by a proxy's.
import { type Found, formatIp4, type Ip4, type Machine } from '#directory'
import type { NextBoot } from '#feed'
import type { BootProtocol } from './client.ts'
import { biosArchitecture, loaderOfArchitecture } from './loader.table.ts'

/** The path of the first script; it is fixed, because a DHCP field is too short for all that a script may ask. */
export const entryScriptPath = '/boot.ipxe'

export interface BootFile {
  readonly name: string
  /** UEFI's HTTP boot takes an offer only when it names the class (UEFI 2.10, 24.7.3). */
  readonly isHttpBoot: boolean
  /** iPXE waits for a proxy's offer unless told that there is none. */
  readonly isForIpxe: boolean
  /** In option 67 beside its field. Old BIOS firmware reads past that option's end, and asks for it all the same. */
  readonly mayStandTwice: boolean
}

export interface BootAsking {
  readonly boot: BootProtocol
  readonly found?: Found
  readonly nextBoot: NextBoot
  readonly server: Ip4
  /** Whether we have that file to give. */
  readonly isHeld: (name: string) => boolean
}

/** Firmware for which we know a loader that is not here. */
export interface MissingLoader {
  readonly missing: string
  readonly architecture: number
}

/** `undefined`: nothing to load from us; the machine goes on to its own disk. */
export function bootFileFor(asking: BootAsking): BootFile | undefined {
  const choice = chooseBootFile(asking)
  return choice && 'name' in choice ? choice : undefined
}

/** The same, and why firmware that wants to load from us cannot. */
export function chooseBootFile(asking: BootAsking): BootFile | MissingLoader | undefined {
  const { boot, found } = asking
  if (boot.kind === 'none' || found?.device.kind === 'vcn') return undefined
  if (found && !loadsFromUs(found.device, asking.nextBoot)) return ownFile(found.device, boot)
  switch (boot.kind) {
    case 'ipxe':
      return named(`http://${formatIp4(asking.server)}${entryScriptPath}`, boot)
    case 'pxe':
      return loader(boot, '', asking)
    case 'http':
      return loader(boot, `http://${formatIp4(asking.server)}/`, asking)
    case 'tftp':
      return found && ownFile(found.device, boot)
  }
}

/** Hosts do, and so does every machine for which a person chose what it boots next; others only then. */
function loadsFromUs(machine: Machine, next: NextBoot): boolean {
  switch (next) {
    case 'kvm-host':
    case 'rescue':
    case 'withheld':
      return true
    case 'disk':
      // A host whose script says "disk" still fetches the script: its firmware asked the network first.
      return machine.role === 'host'
    case 'by-role':
      return machine.role === 'host'
  }
}

/** RFC 2307's bootFile, for machines that somebody boots in a way of their own. */
function ownFile(machine: Machine, boot: BootProtocol): BootFile | undefined {
  return machine.bootFile === undefined ? undefined : named(machine.bootFile, boot)
}

function loader(
  boot: Extract<BootProtocol, { kind: 'pxe' | 'http' }>,
  prefix: string,
  { isHeld }: BootAsking,
): BootFile | MissingLoader | undefined {
  const { architecture } = boot
  const name = loaderOfArchitecture[architecture]
  if (name === undefined) return undefined
  // Firmware that is sent to a file that is not there tries for minutes, where it could boot its disk at once.
  return isHeld(name) ? named(prefix + name, boot) : { missing: name, architecture }
}

function named(name: string, boot: BootProtocol): BootFile {
  const isBios = boot.kind === 'pxe' && boot.architecture === biosArchitecture
  return {
    name,
    isHttpBoot: boot.kind === 'http',
    isForIpxe: boot.kind === 'ipxe',
    mayStandTwice: !isBios,
  }
}
