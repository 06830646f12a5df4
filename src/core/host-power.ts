// Why this file exists: a machine is switched for a person and fenced for its nodes by the same BMC, with the same secret.
import type { Machine } from '#directory'
import { Fault } from '#fault'
import { openPower, type PowerController, systemClock } from '#power'
import type { PowerSecretTable } from '#store'
import { Secret } from '#trust'

export interface PowerParts {
  readonly store: { readonly powerSecrets: Pick<PowerSecretTable, 'find'> }
  /** A folder of ours, 0700. */
  readonly secretFolder: string
}

/** Throws a Fault when its entry names no BMC, or one that cannot be used. */
export function powerOf(machine: Machine, { store, secretFolder }: PowerParts): PowerController {
  if (machine.power === undefined) {
    throw new Fault('CPC-HOST-005', {
      what: `${machine.name} cannot be switched`,
      where: machine.dn,
      why: 'its entry has no coppicePower',
      todo: `coppice machine set ${machine.name} --power redfish+https://BMC/redfish/v1/Systems/ID`,
    })
  }
  const found = store.powerSecrets.find(machine.id)
  return openPower({
    url: machine.power,
    ...(found && { credentials: { user: found.user, secret: new Secret(found.secret) } }),
    macs: machine.nics.flatMap(({ macs }) => macs),
    secretFolder,
    clock: systemClock,
  })
}
