// Why this file exists: who is calling decides what it is given. A MAC, a switch port and a UUID may tell different
// stories; which one counts, and which only raises a doubt, is settled here for DHCP, boot and certificates alike.
import type { Machine } from './entry.ts'
import type { Mac } from './mac.ts'
import type { Found } from './device-index.ts'
import { hasMac } from './device-keys.ts'
import type { Snapshot } from './snapshot.ts'
import { identifiesNobody, type Uuid } from './uuid.ts'

/** What a caller shows of itself. DHCP carries no serial number; the loader's script request does. */
export interface Signs {
  readonly mac: Mac
  /** The relay's circuit id. */
  readonly port?: string
  readonly uuid?: Uuid
  readonly serial?: string
}

/** A sign that speaks against the one that identified: an address yes, but no host boot and no certificate. */
export type Doubt =
  | { readonly kind: 'other-uuid'; readonly described: Uuid; readonly seen: Uuid }
  | { readonly kind: 'uuid-of-another'; readonly machine: Machine; readonly seen: Uuid }
  | { readonly kind: 'other-port'; readonly described: string; readonly seen: string }
  | { readonly kind: 'port-of-another'; readonly machine: Machine; readonly seen: string }

export type IdentifiedBy = 'mac' | 'port' | 'uuid-and-serial'

export type Identity =
  | {
      readonly kind: 'known'
      readonly by: IdentifiedBy
      readonly found: Found
      readonly doubts: readonly Doubt[]
    }
  /** An unknown MAC where a machine with other MACs is described: a person says whether it is that machine. */
  | { readonly kind: 'proposed-replacement'; readonly by: IdentifiedBy; readonly machine: Machine }
  | { readonly kind: 'unknown' }

/** A known MAC, then the port, then UUID with serial number. The last two name only a machine without MACs. */
export function identify(snapshot: Snapshot, signs: Signs): Identity {
  const found = snapshot.byMac.get(signs.mac)
  if (found) return known(snapshot, signs, 'mac', found)
  return (
    identifyByPort(snapshot, signs) ??
    identifyByUuidAndSerial(snapshot, signs) ?? { kind: 'unknown' }
  )
}

function identifyByPort(snapshot: Snapshot, signs: Signs): Identity | undefined {
  if (signs.port === undefined) return undefined
  const bare = snapshot.byPort.get(signs.port)
  if (bare) return known(snapshot, signs, 'port', { device: bare, nicIndex: 0 })
  const [machine, second] = snapshot.portClaims.sharing(signs.port)
  return machine && !second && hasMac(machine)
    ? { kind: 'proposed-replacement', by: 'port', machine }
    : undefined
}

function identifyByUuidAndSerial(snapshot: Snapshot, signs: Signs): Identity | undefined {
  const machine = signs.uuid === undefined ? undefined : snapshot.byUuid.get(signs.uuid)
  if (!machine || machine.serial === undefined || machine.serial !== signs.serial) return undefined
  return hasMac(machine)
    ? { kind: 'proposed-replacement', by: 'uuid-and-serial', machine }
    : known(snapshot, signs, 'uuid-and-serial', { device: machine, nicIndex: 0 })
}

function known(snapshot: Snapshot, signs: Signs, by: IdentifiedBy, found: Found): Identity {
  const doubts = [uuidDoubt(snapshot, signs, found), portDoubt(snapshot, signs, found)]
  return { kind: 'known', by, found, doubts: doubts.filter((doubt) => doubt !== undefined) }
}

/** HOSTILE 71: zero and shared UUIDs identify nobody, so they speak against nobody either. */
function uuidDoubt(snapshot: Snapshot, signs: Signs, found: Found): Doubt | undefined {
  const { uuid: seen } = signs
  if (seen === undefined || identifiesNobody(seen) || isShared(snapshot, seen)) return undefined
  const { device } = found
  const machine = snapshot.byUuid.get(seen)
  if (machine?.id === device.id) return undefined
  if (machine) return { kind: 'uuid-of-another', machine, seen }
  const described = device.kind === 'machine' ? device.uuid : undefined
  if (described === undefined || identifiesNobody(described) || isShared(snapshot, described)) {
    return undefined
  }
  return { kind: 'other-uuid', described, seen }
}

function isShared(snapshot: Snapshot, uuid: Uuid): boolean {
  const [, second] = snapshot.uuidClaims.sharing(uuid)
  return second !== undefined
}

function portDoubt(snapshot: Snapshot, signs: Signs, found: Found): Doubt | undefined {
  const { port: seen } = signs
  const { device, nicIndex } = found
  // The port is that of the machine's own NIC: a BMC or a second card is plugged in elsewhere.
  if (seen === undefined || nicIndex > 0) return undefined
  const described = device.kind === 'machine' ? device.port : undefined
  if (described === seen) return undefined
  const [machine, second] = snapshot.portClaims.sharing(seen)
  if (machine && !second) return { kind: 'port-of-another', machine, seen }
  return described === undefined ? undefined : { kind: 'other-port', described, seen }
}

/** One sentence for logs, alarms and `explain`. */
export function describeDoubt(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'other-uuid':
      return `it shows UUID ${doubt.seen}, but ${doubt.described} is described`
    case 'uuid-of-another':
      return `it shows UUID ${doubt.seen}, which belongs to ${doubt.machine.name}`
    case 'other-port':
      return `it is on port ${JSON.stringify(doubt.seen)}, but ${JSON.stringify(doubt.described)} is described`
    case 'port-of-another':
      return `it is on port ${JSON.stringify(doubt.seen)}, which belongs to ${doubt.machine.name}`
  }
}
