// Why this file exists: Debian packages no Redfish emulator. This one speaks as much of DSP0266 as a power client needs,
// strictly enough that a client's mistake is refused as a real board would refuse it.
import { createHash, timingSafeEqual } from 'node:crypto'
import { member, parseJson } from '../json.ts'
import type { MachinePower } from './power.ts'

export interface Board {
  readonly name: string
  readonly uuid: string
  readonly serial: string
  readonly user: string
  readonly secret: string
  readonly power: MachinePower
}

/** What the next start is told to boot from. */
export interface BootOverride {
  enabled: string
  target: string
}

export interface RedfishRequest {
  readonly method: string
  readonly path: string
  readonly authorization?: string
  readonly body: string
}

export interface RedfishAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A machine of the rack has no disk, so these are all that it can do. */
const bootTargets = ['None', 'Pxe'] as const
const bootEnabled = ['Disabled', 'Once', 'Continuous'] as const
const resetTypes = ['On', 'ForceOff', 'GracefulShutdown', 'ForceRestart'] as const
type ResetType = (typeof resetTypes)[number]

const root = '/redfish/v1'

export function redfishBoard(board: Board): (request: RedfishRequest) => Promise<RedfishAnswer> {
  const boot: BootOverride = { enabled: 'Disabled', target: 'None' }
  const system = `${root}/Systems/${board.name}`
  return async (request) => {
    const path = request.path.replace(/\/+$/, '')
    // DSP0266 §13.3.2: the service root alone is readable by anyone.
    if (path === root && request.method === 'GET') return { status: 200, body: serviceRoot(board) }
    if (path === '/redfish' && request.method === 'GET')
      return { status: 200, body: { v1: `${root}/` } }
    if (!isAuthorized(board, request.authorization)) return unauthorized()
    switch (`${request.method} ${path}`) {
      case `GET ${root}/Systems`:
        return { status: 200, body: collection(system) }
      case `GET ${system}`:
        return { status: 200, body: systemResource(board, boot, system) }
      case `PATCH ${system}`:
        return setBoot(boot, request.body)
      case `POST ${system}/Actions/ComputerSystem.Reset`:
        return reset(board.power, boot, request.body)
      default:
        return refusal(
          404,
          'Base.1.0.ResourceMissingAtURI',
          `${request.method} ${path} is not there`,
        )
    }
  }
}

function isAuthorized(board: Board, header: string | undefined): boolean {
  const expected = `Basic ${Buffer.from(`${board.user}:${board.secret}`).toString('base64')}`
  return timingSafeEqual(digest(expected), digest(header ?? ''))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function unauthorized(): RedfishAnswer {
  const answer = refusal(401, 'Base.1.0.GeneralError', 'a name and password are needed')
  return { ...answer, headers: { 'WWW-Authenticate': 'Basic realm="bmc"' } }
}

function refusal(status: number, code: string, message: string): RedfishAnswer {
  return {
    status,
    body: {
      error: { code, message, '@Message.ExtendedInfo': [{ MessageId: code, Message: message }] },
    },
  }
}

function serviceRoot(board: Board): object {
  return {
    '@odata.id': `${root}/`,
    '@odata.type': '#ServiceRoot.v1_5_0.ServiceRoot',
    Id: 'RootService',
    Name: 'Root Service',
    RedfishVersion: '1.6.0',
    UUID: board.uuid,
    Systems: { '@odata.id': `${root}/Systems` },
  }
}

function collection(system: string): object {
  return {
    '@odata.id': `${root}/Systems`,
    '@odata.type': '#ComputerSystemCollection.ComputerSystemCollection',
    Name: 'Computer System Collection',
    'Members@odata.count': 1,
    Members: [{ '@odata.id': system }],
  }
}

function systemResource(board: Board, boot: BootOverride, system: string): object {
  return {
    '@odata.id': system,
    '@odata.type': '#ComputerSystem.v1_10_0.ComputerSystem',
    Id: board.name,
    Name: board.name,
    SystemType: 'Physical',
    UUID: board.uuid,
    SerialNumber: board.serial,
    PowerState: board.power.isOn() ? 'On' : 'Off',
    Status: { State: board.power.isOn() ? 'Enabled' : 'Disabled', Health: 'OK' },
    Boot: {
      BootSourceOverrideEnabled: boot.enabled,
      BootSourceOverrideTarget: boot.target,
      'BootSourceOverrideTarget@Redfish.AllowableValues': bootTargets,
    },
    Actions: {
      '#ComputerSystem.Reset': {
        target: `${system}/Actions/ComputerSystem.Reset`,
        'ResetType@Redfish.AllowableValues': resetTypes,
      },
    },
  }
}

function setBoot(boot: BootOverride, body: string): RedfishAnswer {
  const wanted = member(parseJson(body), 'Boot')
  const target = member(wanted, 'BootSourceOverrideTarget') ?? boot.target
  const enabled = member(wanted, 'BootSourceOverrideEnabled') ?? boot.enabled
  const knownTarget = bootTargets.find((one) => one === target)
  const knownEnabled = bootEnabled.find((one) => one === enabled)
  if (wanted === undefined || knownTarget === undefined || knownEnabled === undefined)
    return refusal(
      400,
      'Base.1.0.PropertyValueNotInList',
      `Boot must be of ${bootTargets.join(', ')}`,
    )
  boot.target = knownTarget
  boot.enabled = knownEnabled
  return { status: 204 }
}

async function reset(
  power: MachinePower,
  boot: BootOverride,
  body: string,
): Promise<RedfishAnswer> {
  const wanted = member(parseJson(body), 'ResetType')
  const type = resetTypes.find((one) => one === wanted)
  if (type === undefined)
    return refusal(
      400,
      'Base.1.0.ActionParameterNotSupported',
      `ResetType is one of ${resetTypes.join(', ')}`,
    )
  await obey(power, type)
  if (boot.enabled === 'Once' && power.isOn())
    Object.assign(boot, { enabled: 'Disabled', target: 'None' })
  return { status: 204 }
}

async function obey(power: MachinePower, type: ResetType): Promise<void> {
  switch (type) {
    case 'On':
      return power.on()
    case 'ForceOff':
      return power.off()
    case 'GracefulShutdown':
      return power.press()
    case 'ForceRestart':
      await power.off()
      return power.on()
  }
}
