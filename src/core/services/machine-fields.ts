// Why this file exists: what a caller says of a machine is text; here it becomes what the directory is to hold, and
// here it is seen whether the directory holds it by now.
import type { MachineChange } from '#api'
import type { Machine } from '#directory'
import { Fault } from '#fault'
import type { MachineFields } from '#ldap-sync'
import { readAddress, readMac, readUuid } from './reading.ts'

export function fieldsOf(change: Omit<MachineChange, 'powerSecret'>): MachineFields {
  const { macs, address, role, uuid, port, power, tags, bootFile, bootParameters } = change
  return {
    ...(macs !== undefined && { macs: (macs ?? []).map(readMac) }),
    ...(address !== undefined && { address: address === null ? null : readAddress(address) }),
    ...(role !== undefined && { role }),
    ...(uuid !== undefined && { uuid: uuid === null ? null : readUuid(uuid) }),
    ...(port !== undefined && { port }),
    ...(power !== undefined && { power }),
    ...(tags !== undefined && { tags: tags ?? [] }),
    ...(bootFile !== undefined && { bootFile }),
    ...(bootParameters !== undefined && { bootParameters: bootParameters ?? [] }),
  }
}

export interface PowerCredentials {
  readonly user: string
  readonly secret: string
}

/** One line, `user:password`, as the file that the command line sends. */
export function readCredentials(text: string): PowerCredentials {
  const [line = ''] = text.split('\n')
  const at = line.indexOf(':')
  const user = line.slice(0, at)
  const secret = line.slice(at + 1)
  if (at > 0 && secret !== '') return { user, secret }
  throw new Fault('CPC-HOST-003', {
    what: 'the power secret cannot be used',
    where: '--power-secret-file',
    why: 'its first line is not user:password, or one of the two is empty',
    todo: 'write one line, user:password, and send it again',
  })
}

/** Of its own entry: further cards are entries of their own. An address that is taken away is given anew at once. */
export function isAsAsked(machine: Machine, fields: MachineFields): boolean {
  const nic = machine.nics.find(({ label }) => label === undefined)
  const { macs, address, role, uuid, port, power, tags, bootFile, bootParameters } = fields
  return (
    isSameSet(macs, nic?.macs ?? []) &&
    (address === undefined || address === null || address === nic?.address) &&
    (role === undefined || machine.role === (role ?? 'other')) &&
    isSame(uuid, machine.uuid) &&
    isSame(port, machine.port) &&
    isSame(power, machine.power) &&
    isSameSet(tags, machine.tags) &&
    isSame(bootFile, machine.bootFile) &&
    isSameSet(bootParameters, machine.bootParameters)
  )
}

function isSame(asked: string | null | undefined, is: string | undefined): boolean {
  return asked === undefined || (asked ?? undefined) === is
}

/** LDAP keeps no order of values. */
function isSameSet(asked: readonly string[] | undefined, is: readonly string[]): boolean {
  if (asked === undefined) return true
  const wanted = new Set(asked)
  return wanted.size === new Set(is).size && is.every((value) => wanted.has(value))
}
