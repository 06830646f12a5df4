// Why this file exists: from the URL of a machine's entry to something that can switch it, in one place.
import type { Mac } from '#directory'
import { Fault } from '#fault'
import { parsePowerAddress, type PowerAddress } from './address.ts'
import {
  type Credentials,
  type PowerClock,
  type PowerController,
  type PowerLine,
} from './controller.ts'
import { ipmiLine } from './ipmi.ts'
import { redfishLine } from './redfish.ts'
import { type PowerLimits, powerLimits, verified } from './verified.ts'
import { wakeLine } from './wake.ts'

export interface PowerOptions {
  /** The machine's coppicePower. */
  readonly url: string
  readonly credentials?: Credentials
  /** For wake-on-LAN. */
  readonly macs: readonly Mac[]
  /** A folder of ours, 0700, where a password may lie for a moment. */
  readonly secretFolder: string
  readonly clock: PowerClock
  readonly limits?: PowerLimits
}

export function openPower(options: PowerOptions): PowerController {
  const parsed = parsePowerAddress(options.url)
  if (!parsed.ok) throw unusable(options.url, parsed.refusal)
  const where = options.url
  const limits = options.limits ?? powerLimits
  return verified(lineOf(parsed.address, options), { where, clock: options.clock, limits })
}

function lineOf(address: PowerAddress, options: PowerOptions): PowerLine {
  const { credentials, secretFolder, macs } = options
  const known = credentials ? { credentials } : {}
  switch (address.kind) {
    case 'redfish':
      return redfishLine(address.system, {
        ...known,
        ...(address.pin === undefined ? {} : { pin: address.pin }),
      })
    case 'ipmi':
      return ipmiLine({ ...address, ...known, secretFolder })
    case 'wake':
      return wakeLine({ ...address, macs })
  }
}

/** The address may hold the password for which it is refused. */
function unusable(url: string, why: string): Fault {
  return new Fault('CPC-POW-004', {
    what: 'the power address cannot be used',
    where: url.replace(/\/\/[^/]*@/, '//[secret]@'),
    why,
    todo: 'write coppicePower as redfish+https://host/redfish/v1/Systems/ID, ipmi://host or wol://',
  })
}
