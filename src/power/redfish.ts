// Why this file exists: Redfish (DSP0266) is what servers of the last ten years speak. We use four things of it: the
// power state, the reset action, what the reset may be, and the boot override.
import type { PowerLine, PowerState } from './controller.ts'
import { ask, type RedfishAnswer, type RedfishTarget } from './redfish-http.ts'
import {
  parseJson,
  readError,
  readResetTypes,
  readSystem,
  type SystemWords,
} from './redfish-words.ts'
import { oneLine, trouble } from './troubles.ts'

interface Bmc extends RedfishTarget {
  readonly system: URL
}

export function redfishLine(system: URL, target: Omit<RedfishTarget, 'origin'>): PowerLine {
  const bmc: Bmc = { ...target, system, origin: new URL('/', system) }
  return {
    status: async (deadline) => stateOf(bmc, await getSystem(bmc, deadline)),
    switch: (to, deadline) => reset(bmc, to, deadline),
    setBootOnce: (deadline) => bootFromNetwork(bmc, deadline),
  }
}

function stateOf(bmc: Bmc, { PowerState: state }: SystemWords): PowerState | 'changing' {
  switch (state) {
    case 'On':
      return 'on'
    case 'Off':
      return 'off'
    case 'PoweringOn':
    case 'PoweringOff':
      return 'changing'
    case 'Paused':
    case null:
    case undefined:
      throw trouble('CPC-POW-007', bmc.system.href, 'it does not tell whether the power is on')
  }
}

/** In order of liking. A graceful shutdown is no power-off: an operating system that hangs ignores it. */
const resetTypes: Readonly<Record<PowerState, readonly string[]>> = {
  on: ['On', 'ForceOn'],
  off: ['ForceOff'],
}

async function reset(bmc: Bmc, to: PowerState, deadline: AbortSignal): Promise<void> {
  const system = await getSystem(bmc, deadline)
  const action = system.Actions?.['#ComputerSystem.Reset']
  if (!action) throw trouble('CPC-POW-005', bmc.system.href, 'it offers no reset action')
  const info = action['@Redfish.ActionInfo']
  const offered =
    action['ResetType@Redfish.AllowableValues'] ??
    (info === undefined ? undefined : await getResetTypes(bmc, info, deadline))
  const liked = resetTypes[to]
  const type = offered === undefined ? liked[0] : liked.find((one) => offered.includes(one))
  if (type === undefined) {
    const only = oneLine(offered?.join(', ') ?? '')
    throw trouble('CPC-POW-005', bmc.system.href, `it cannot switch ${to}; it offers ${only}`)
  }
  const body = { ResetType: type }
  accept(bmc, await ask(bmc, { method: 'POST', path: action.target, body, deadline }))
}

async function getResetTypes(
  bmc: Bmc,
  info: string | { readonly '@odata.id': string },
  deadline: AbortSignal,
): Promise<readonly string[] | undefined> {
  const path = typeof info === 'string' ? info : info['@odata.id']
  return readResetTypes(accept(bmc, await ask(bmc, { method: 'GET', path, deadline })))
}

async function bootFromNetwork(bmc: Bmc, deadline: AbortSignal): Promise<void> {
  const place = await bootSettings(bmc, deadline)
  const offered = place.words.Boot?.['BootSourceOverrideTarget@Redfish.AllowableValues']
  if (!place.words.Boot || (offered && !offered.includes('Pxe'))) {
    throw trouble('CPC-POW-005', bmc.system.href, 'it offers no boot from the network')
  }
  const body = { Boot: { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' } }
  const { path, etag } = place
  const request = { method: 'PATCH', path, body, deadline } as const
  accept(bmc, await ask(bmc, etag === undefined ? request : { ...request, etag }))
}

interface BootPlace {
  readonly path: string
  readonly words: SystemWords
  readonly etag?: string
}

/** Some take the override only in their settings resource, and only with its ETag. */
async function bootSettings(bmc: Bmc, deadline: AbortSignal): Promise<BootPlace> {
  const place = await getPlace(bmc, bmc.system.pathname, deadline)
  const settings = place.words['@Redfish.Settings']?.SettingsObject?.['@odata.id']
  if (settings === undefined) return place
  const other = await getPlace(bmc, settings, deadline)
  return other.words.Boot ? other : place
}

async function getSystem(bmc: Bmc, deadline: AbortSignal): Promise<SystemWords> {
  return (await getPlace(bmc, bmc.system.pathname, deadline)).words
}

async function getPlace(bmc: Bmc, path: string, deadline: AbortSignal): Promise<BootPlace> {
  const answer = await ask(bmc, { method: 'GET', path, deadline })
  const words = readSystem(accept(bmc, answer))
  if (!words) throw trouble('CPC-POW-007', bmc.system.href, 'its answer is no computer system')
  const etag = answer.etag ?? words['@odata.etag']
  return { path, words, ...(etag === undefined ? {} : { etag }) }
}

/** The JSON of a good answer; anything else is a fault with the BMC's own words. */
function accept(bmc: Bmc, answer: RedfishAnswer): unknown {
  const value = parseJson(answer.body)
  if (answer.status >= 200 && answer.status < 300) return value
  const words = oneLine(readError(value) ?? 'without a reason')
  const why = `it answered ${answer.status}: ${words}`
  const isAboutUs = answer.status === 401 || answer.status === 403
  throw trouble(isAboutUs ? 'CPC-POW-006' : 'CPC-POW-002', bmc.system.href, why)
}
