// Why this file exists: switching a machine is an order to its BMC and an observation about its life, in that order of truth.
import type { Caller, PowerAction } from '#api'
import type { Machine } from '#directory'
import { Fault } from '#fault'
import type { PowerController } from '#power'
import type { EventHub } from '../events.ts'
import { powerOf } from '../host-power.ts'
import { audited, type ServiceContext } from './context.ts'

type Power = { readonly power: 'on' | 'off' | 'unknown' }

export async function switchPower(
  machine: Machine,
  action: PowerAction,
  caller: Caller,
  context: ServiceContext,
): Promise<Power> {
  const controller = powerOf(machine, context)
  if (action === 'status') return { power: await controller.status() }
  const change = { caller, action: `machine power ${action}`, target: machine.name }
  return audited(context, change, () => order(machine, action, controller, context))
}

/** In the audit log with who said so: from now on its nodes may start elsewhere. */
export function confirmOff(
  machine: Machine,
  caller: Caller,
  context: ServiceContext,
): Promise<void> {
  const { name } = machine
  const change = { caller, action: 'machine confirm-off', target: name, after: 'off, by eye' }
  return audited(context, change, async () => {
    const believed = await context.believeOff(machine)
    if (believed.ok) return
    throw new Fault('CPC-HOST-008', {
      what: `${name} is not taken for off`,
      where: machine.dn,
      why: believed.why,
      todo: `switch it off: coppice machine power off ${name}; or look whether this is the machine`,
    })
  })
}

async function order(
  machine: Machine,
  action: 'on' | 'off' | 'cycle',
  controller: PowerController,
  { hosts, events }: ServiceContext,
): Promise<Power> {
  try {
    // Asked first: a BMC that takes seconds over it must not let the machine's first packet come before its boot.
    if (action !== 'off') await preferNetwork(machine, controller, events)
    if (action !== 'off') hosts.observe(machine.id, { kind: 'powered', on: true })
    const outcome = await controller[action]()
    if (action === 'off') hosts.observe(machine.id, { kind: 'powered', on: false })
    return { power: outcome === 'sent' ? 'unknown' : action === 'off' ? 'off' : 'on' }
  } catch (error) {
    if (error instanceof Fault && action !== 'off') {
      hosts.observe(machine.id, { kind: 'power-failed', reason: `${error.code} ${error.text.why}` })
    }
    throw error
  }
}

/** A BMC that cannot choose the boot device leaves it to the firmware's own order: no reason to stay off. */
async function preferNetwork(
  machine: Machine,
  controller: PowerController,
  events: EventHub,
): Promise<void> {
  try {
    await controller.setBootOnce?.()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    events.tell(
      'power',
      machine.name,
      `its BMC does not choose the network as boot device: ${error.text.why}`,
    )
  }
}
