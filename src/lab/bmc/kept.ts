// Why this file exists: the keeper starts from a file, so that its command line holds no secret and a restarted keeper
// is told the same as the first.
import { member, numberMember, textMember } from '../json.ts'
import type { Firmware, MachinePlan } from '../plan.ts'

export interface Kept {
  readonly user: string
  readonly secret: string
  readonly controlSocket: string
  readonly machines: readonly MachinePlan[]
}

/** Our own file, written by the same version; anything else in it is a broken invariant. */
export function parseKept(text: string): Kept {
  const value: unknown = JSON.parse(text)
  const machines = member(value, 'machines')
  if (!Array.isArray(machines)) throw new TypeError('the keeper was told of no machines')
  return {
    user: word(value, 'user'),
    secret: word(value, 'secret'),
    controlSocket: word(value, 'controlSocket'),
    machines: machines.map(parseMachine),
  }
}

function parseMachine(value: unknown): MachinePlan {
  const bmc = member(value, 'bmc')
  const firmware: Firmware = word(value, 'firmware') === 'bios' ? 'bios' : 'uefi'
  const protocol = word(bmc, 'protocol') === 'ipmi' ? 'ipmi' : 'redfish'
  return {
    name: word(value, 'name'),
    mac: word(value, 'mac'),
    uuid: word(value, 'uuid'),
    serial: word(value, 'serial'),
    firmware,
    tap: word(value, 'tap'),
    memoryMiB: count(value, 'memoryMiB'),
    directory: word(value, 'directory'),
    bmc: { protocol, address: word(bmc, 'address'), port: count(bmc, 'port') },
  }
}

function word(value: unknown, name: string): string {
  const found = textMember(value, name)
  if (found === undefined) throw new TypeError(`the keeper misses ${name}`)
  return found
}

function count(value: unknown, name: string): number {
  const found = numberMember(value, name)
  if (found === undefined) throw new TypeError(`the keeper misses ${name}`)
  return found
}
