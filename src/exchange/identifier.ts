// Why this file exists: DHCP servers know a client by one of a few identifiers; what each says of a machine, if anything,
// does not depend on the format of the file that it stands in.
import type { Mac } from '#directory'
import type { MachineFacts } from './outcome.ts'
import { macOfClientId, portOfCircuitId, readMac, uuidOfClientMachineId } from './values.ts'

/** A machine while it is read. */
export interface Identified {
  readonly macs: Mac[]
  facts: MachineFacts
}

/** Each gives why it says nothing of the machine; `undefined` when it was taken. */
export type Take<Value> = (value: Value, machine: Identified) => string | undefined

export const takeHardware: Take<string> = (text, { macs }) => {
  const mac = readMac(text)
  if (mac === undefined) return 'it is no Ethernet address of one card'
  macs.push(mac)
  return undefined
}

/** Firmware calls itself by its UUID, as in option 97. */
export const takeClientId: Take<Uint8Array | undefined> = (octets, machine) => {
  const mac = macOfClientId(octets)
  const uuid = uuidOfClientMachineId(octets)
  if (mac !== undefined) machine.macs.push(mac)
  else if (uuid !== undefined) machine.facts = { ...machine.facts, uuid }
  else return 'it holds no Ethernet address, and a client may call itself anything'
  return undefined
}

export const clientIdUnderstood = 'client identifiers that are an Ethernet address or a UUID'

export const takeClientMachineId: Take<Uint8Array | undefined> = (octets, machine) => {
  const uuid = uuidOfClientMachineId(octets)
  if (uuid === undefined) return 'it holds no UUID'
  machine.facts = { ...machine.facts, uuid }
  return undefined
}

export const takeCircuitId: Take<Uint8Array | undefined> = (octets, machine) => {
  if (octets === undefined || octets.length === 0) return 'it cannot be read'
  machine.facts = { ...machine.facts, port: portOfCircuitId(octets) }
  return undefined
}
