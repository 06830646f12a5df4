// Why this file exists: a node may start elsewhere only when nothing of it can run where it was. A host that is silent may
// still be alive, so its BMC is asked, and its power switched off; nothing less counts.
import type { DnsName, Machine } from '#directory'
import { Fault } from '#fault'
import type { HostKeeper, Life } from '#host'
import { procedures } from '#libvirt'
import type { PowerController } from '#power'
import type { FenceTable } from '#store'
import type { Fenced } from '../hands.ts'
import type { HostCalls } from './counted.ts'

export interface FenceParts {
  readonly hosts: Pick<HostKeeper, 'life' | 'observe'>
  readonly fences: FenceTable
  /** Throws a Fault when nothing can switch it. */
  readonly powerOf: (machine: Machine) => PowerController
  readonly now: () => number
}

/** States of a machine that may have something running on it, whatever was seen before. */
const startedAnew: ReadonlySet<Life['state']> = new Set([
  'booting',
  'waiting',
  'enrolling',
  'probing',
  'ready',
  'disk',
  'rescue',
])

/** Known to be off, and not seen since. */
export function isFenced(machine: Machine, { hosts, fences }: FenceParts): boolean {
  const life = hosts.life(machine.id)
  if (life.state === 'off') return true
  return fences.find(machine.id)?.boot === life.boot && !startedAnew.has(life.state)
}

/** `alive`: its libvirt, when there is a connection. */
export async function fence(
  machine: Machine,
  alive: HostCalls | undefined,
  parts: FenceParts & { readonly aliveMs: number },
): Promise<Fenced> {
  const { name } = machine
  if (alive !== undefined && (await answers(alive, parts.aliveMs)))
    return { ok: false, why: `${name} lives: its libvirt answers, so it is not switched off` }
  try {
    const power = parts.powerOf(machine)
    if (!(await isMadeOff(power)))
      return byHand(name, 'its power was switched, but nothing can tell whether it is off')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return byHand(name, `${error.code} ${error.text.why}`)
  }
  remember(machine, parts)
  return { ok: true }
}

/** A person has looked: for a host whose BMC is dead, or that never had one. What shows life is not overruled. */
export async function believe(
  machine: Machine,
  alive: HostCalls | undefined,
  parts: FenceParts & { readonly aliveMs: number },
): Promise<Fenced> {
  if (alive !== undefined && (await answers(alive, parts.aliveMs)))
    return { ok: false, why: 'its libvirt answers' }
  if ((await powerTold(machine, parts)) === 'on') return { ok: false, why: 'its BMC says it is on' }
  remember(machine, parts)
  return { ok: true }
}

async function powerTold(machine: Machine, { powerOf }: FenceParts) {
  try {
    return machine.power === undefined ? 'unknown' : await powerOf(machine).status()
  } catch (error) {
    if (error instanceof Fault) return 'unknown'
    throw error
  }
}

async function answers(host: HostCalls, deadlineMs: number): Promise<boolean> {
  try {
    await host.call(procedures.connectGetHostname, {}, deadlineMs)
    return true
  } catch {
    return false
  }
}

/** The BMC's word after the order, not its word for the order. */
async function isMadeOff(power: PowerController): Promise<boolean> {
  if ((await power.off()) === 'sent') return false
  return (await power.status()) === 'off'
}

function remember(machine: Machine, { hosts, fences, now }: FenceParts): void {
  const { boot, state } = hosts.life(machine.id)
  fences.put(machine.id, { boot, at: now() })
  if (state !== 'off') hosts.observe(machine.id, { kind: 'powered', on: false })
}

function byHand(host: DnsName, why: string): Fenced {
  return {
    ok: false,
    why: `nobody knows whether ${host} is off: ${why}. Boot it, so that it becomes ready again, let its BMC be reached (coppice machine power status ${host}), or look yourself: coppice machine confirm-off ${host} --i-looked`,
  }
}
