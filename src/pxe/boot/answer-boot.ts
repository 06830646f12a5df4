// Why this file exists: the loader's question, from the address it came from to the script it gets, as one pure
// step: who may ask (HOSTILE 67), who it is, what it boots.
import {
  type EntryId,
  formatIp4,
  identify,
  type Identity,
  type Ip4,
  type Mac,
  type Signs,
  type Snapshot,
} from '#directory'
import type { AlarmSighting, NextBoot, ScriptSighting } from '#feed'
import type { LeaseView } from '../lease/book.ts'
import { circuitIdOf } from '../lease/lease.ts'
import type { Stamp } from '../lease/stamp.ts'
import { explainBootRule } from './boot-rule.table.ts'
import { type BootDecision, decideBoot } from './decision.ts'
import type { BootRequest } from './boot-request.ts'
import { bootScript, type ScriptPlace } from './script.ts'

export interface BootWorld {
  readonly snapshot: Snapshot
  readonly leases: LeaseView
  readonly now: Stamp
  readonly nextBoot: (id: EntryId) => NextBoot
  readonly place: ScriptPlace
}

export type BootAnswer =
  | {
      readonly kind: 'script'
      readonly decision: BootDecision
      readonly script: string
      readonly sighting: ScriptSighting
      readonly alarm?: AlarmSighting
    }
  | { readonly kind: 'refused'; readonly why: string; readonly alarm: AlarmSighting }

export interface BootAsking {
  readonly request: BootRequest
  readonly from: Ip4
  /** Random, for one boot only. */
  readonly claim: string
}

export function answerBoot(asking: BootAsking, world: BootWorld): BootAnswer {
  const { request, from, claim } = asking
  const lease = world.leases.holder(from, world.now)
  const wrong = wrongAsker(request.mac, from, world)
  const at = world.now.wallMs
  const who = { at, mac: request.mac, address: from }
  if (wrong !== undefined)
    return {
      kind: 'refused',
      why: wrong,
      alarm: { kind: 'alarm', ...who, code: 'CPC-DHCP-008', why: wrong },
    }
  const identity = identify(world.snapshot, signsOf(request, lease && circuitIdOf(lease.port)))
  const decision = decideBoot(identity, nextBootOf(identity, world))
  const isHost = decision.kind === 'kvm-host'
  const why = explainBootRule(decision.why)
  return {
    kind: 'script',
    decision,
    script: bootScript({ decision, request, place: world.place, claim }),
    sighting: {
      kind: 'script',
      ...who,
      decision: decision.kind,
      ...(request.uuid && { uuid: request.uuid }),
      ...(request.serial !== undefined && { serial: request.serial }),
      ...(isHost && { claim }),
      why,
    },
    ...(decision.kind === 'withheld' &&
      decision.isDoubt && {
        alarm: { kind: 'alarm', ...who, code: 'CPC-DHCP-010', why },
      }),
  }
}

function signsOf(request: BootRequest, port: string | undefined): Signs {
  return {
    mac: request.mac,
    ...(port !== undefined && { port }),
    ...(request.uuid && { uuid: request.uuid }),
    ...(request.serial !== undefined && { serial: request.serial }),
  }
}

function nextBootOf(identity: Identity, world: BootWorld): NextBoot {
  return identity.kind === 'known' ? world.nextBoot(identity.found.device.id) : 'by-role'
}

/** HOSTILE 67: a script names its machine's claim; it goes to the address that this machine's card holds, only. */
function wrongAsker(mac: Mac, from: Ip4, world: BootWorld): string | undefined {
  const lease = world.leases.holder(from, world.now)
  if (lease?.state !== 'bound') return `${formatIp4(from)} asked for ${mac}, and holds no lease`
  return lease.mac === mac
    ? undefined
    : `${formatIp4(from)} asked for ${mac}, and is leased to ${lease.mac}`
}
