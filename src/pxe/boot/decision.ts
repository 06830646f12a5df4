// Why this file exists: what a machine boots is one decision, taken when its loader asks, from who it is and what it
// is meant to be. `explain` asks the same question.
import { describeDoubt, type Found, type Identity, type Machine } from '#directory'
import type { NextBoot } from '#feed'
import { bootBecause, type BootWhy } from './boot-rule.table.ts'

export type BootDecision =
  | { readonly kind: 'kvm-host'; readonly machine: Machine; readonly why: BootWhy }
  | { readonly kind: 'rescue'; readonly machine: Machine; readonly why: BootWhy }
  | { readonly kind: 'disk'; readonly why: BootWhy }
  /** Nobody has described it; it asks again until somebody does. */
  | { readonly kind: 'wait'; readonly why: BootWhy }
  /** Somebody must say first that it is who it seems to be. */
  | { readonly kind: 'withheld'; readonly why: BootWhy; readonly isDoubt: boolean }

export function decideBoot(identity: Identity, next: NextBoot): BootDecision {
  switch (identity.kind) {
    case 'unknown':
      return { kind: 'wait', why: bootBecause('unknown') }
    case 'proposed-replacement':
      return {
        kind: 'withheld',
        isDoubt: true,
        why: bootBecause('replacement', identity.machine.name),
      }
    case 'known':
      return decideKnown(identity.found, identity, next)
  }
}

function decideKnown(
  found: Found,
  { doubts }: Extract<Identity, { readonly kind: 'known' }>,
  next: NextBoot,
): BootDecision {
  const { device } = found
  if (device.kind === 'vcn') return { kind: 'disk', why: bootBecause('vcn', device.name) }
  const wish = wishOf(device, next)
  if (wish === 'disk') return { kind: 'disk', why: wishWhy(device, next) }
  // A doubt costs a machine what only it may have: our host image and, with it, a certificate.
  if (doubts.length > 0)
    return {
      kind: 'withheld',
      isDoubt: true,
      why: bootBecause('doubt', doubts.map(describeDoubt).join('; ')),
    }
  if (wish === 'withheld')
    return { kind: 'withheld', isDoubt: false, why: bootBecause('withheld', device.name) }
  return { kind: wish, machine: device, why: wishWhy(device, next) }
}

type Wish = Exclude<NextBoot, 'by-role'>

function wishOf(machine: Machine, next: NextBoot): Wish {
  if (next !== 'by-role') return next
  return machine.role === 'host' ? 'kvm-host' : 'disk'
}

function wishWhy(machine: Machine, next: NextBoot): BootWhy {
  return next === 'by-role'
    ? bootBecause('role', machine.name, machine.role)
    : bootBecause('chosen', machine.name, next)
}
