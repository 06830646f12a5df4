// Why this file exists: the other half of the rack speaks IPMI through OpenIPMI's ipmi_sim, which asks a program of ours
// whenever power or boot device are touched (chassis_control). These are its files.
import type { MachinePlan } from '../plan.ts'

export interface IpmiFiles {
  readonly lan: string
  readonly emulator: string
  readonly chassis: string
}

export interface IpmiSettings {
  readonly user: string
  readonly secret: string
  readonly chassisProgram: string
  /** Holds 1 or 0: a question costs a file, not a process that has to start first. */
  readonly powerFile: string
}

/** ipmi_sim takes no more of a password in its own tables. */
export const ipmiSecretBytesMax = 16

export function ipmiFiles(
  machine: MachinePlan,
  settings: IpmiSettings,
  chassisArgv: readonly string[],
): IpmiFiles {
  return {
    lan: [
      `name ${quoted(machine.name)}`,
      'set_working_mc 0x20',
      'startlan 1',
      `addr ${machine.bmc.address} ${machine.bmc.port}`,
      'priv_limit admin',
      // No "none" and no "straight": a client that sends its password in the clear is refused.
      'allowed_auths_user md2 md5',
      'allowed_auths_operator md2 md5',
      'allowed_auths_admin md2 md5',
      `guid ${machine.uuid.replaceAll('-', '')}`,
      'endlan',
      `chassis_control ${quoted(settings.chassisProgram)}`,
      `user 2 true ${quoted(settings.user)} ${quoted(settings.secret)} admin 10 md2 md5`,
      '',
    ].join('\n'),
    emulator: [
      'mc_setbmc 0x20',
      'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr',
      'mc_enable 0x20',
      '',
    ].join('\n'),
    chassis: [
      '#!/bin/sh',
      `[ "$1 $2" = "get power" ] && exec sed s/^/power:/ ${shellWord(settings.powerFile)}`,
      '[ "$1 $2" = "get boot" ] && exec echo boot:pxe', // no disk: it boots from the wire whatever it is told
      `exec ${chassisArgv.map(shellWord).join(' ')} "$@"`,
      '',
    ].join('\n'),
  }
}

function quoted(text: string): string {
  if (/["'\\\n\r]/.test(text)) throw new TypeError('ipmi_sim has no way to write this name')
  return `"${text}"`
}

/** One word for a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
