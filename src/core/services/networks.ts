// Why this file exists: networks as people handle them; their entries lie in LDAP like everything else that is described.
import type { Caller, NetworkRequest, Services } from '#api'
import { type Network, parseLabel } from '#directory'
import { Fault } from '#fault'
import { audited, type ServiceContext } from './context.ts'
import { readAddress, readLabel, readPool, readSubnet } from './reading.ts'
import { networkView } from './views.ts'

export function networkServices(context: ServiceContext): Services['networks'] {
  const find = (name: string): Network => findNetwork(name, context)
  return {
    list: () => context.snapshot().networks.map(networkView),
    show: (name) => networkView(find(name)),
    add: async (request, caller) => networkView(await addNetwork(request, caller, context)),
    remove(name, caller) {
      const network = find(name)
      const before = networkView(network)
      const change = { caller, action: 'network remove', target: network.name, before }
      return audited(context, change, async () => {
        await context.sync.writer.remove(network.dn)
        await context.directory.untilShown(
          `the removal of ${network.name}`,
          (snapshot) => !snapshot.networkByName.has(network.name),
        )
      })
    },
  }
}

function findNetwork(text: string, { snapshot }: ServiceContext): Network {
  const name = parseLabel(text)
  const network = name === undefined ? undefined : snapshot().networkByName.get(name)
  if (network !== undefined) return network
  throw new Fault('CPC-HOST-006', {
    what: `there is no network ${text}`,
    where: 'the directory, ou=networks',
    why: 'no entry that is served has this name',
    todo: 'coppice network list shows the names; coppice lint shows entries that were set aside',
  })
}

function addNetwork(
  request: NetworkRequest,
  caller: Caller,
  context: ServiceContext,
): Promise<Network> {
  const name = readLabel(request.name)
  const subnet = readSubnet(request.subnet)
  const { gateway, pool, leaseSeconds } = request
  const fields = {
    ...(gateway !== undefined && { gateway: readAddress(gateway) }),
    ...(pool !== undefined && { pool: readPool(pool) }),
    ...(leaseSeconds !== undefined && { leaseSeconds }),
  }
  const change = { caller, action: 'network add', target: name, after: request }
  return audited(context, change, async () => {
    await context.sync.writer.addNetwork(name, subnet, fields)
    await context.directory.untilShown(name, (snapshot) => snapshot.networkByName.has(name))
    return findNetwork(name, context)
  })
}
