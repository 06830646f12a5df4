// Why this file exists: virtual nodes as people see them: what the directory says of them and how far they are.
import type { Services, VcnView } from '#api'
import { formatIp4, joinName, type Label, parseLabel, type Vcn } from '#directory'
import { Fault } from '#fault'
import { lifeWord, voNetworkName } from '#vocluster'
import { type ClusterContext, demandMembership, vcnsOf } from './cluster-context.ts'
import { audited } from './context.ts'

export function vcnServices(context: ClusterContext): Services['vcns'] {
  return {
    list: (vo, cluster) =>
      vcnsOf(context)
        .filter((vcn) => vo === undefined || vcn.vo === vo)
        .filter((vcn) => cluster === undefined || vcn.cluster === cluster)
        .map((vcn) => vcnView(vcn, context)),
    show: (vo, cluster, name) => vcnView(findVcn([vo, cluster, name], context), context),
    console(vo, cluster, name, caller) {
      const vcn = findVcn([vo, cluster, name], context)
      demandMembership(caller, vcn.vo)
      // Whoever has the console has the node.
      return audited(context, { caller, action: 'vcn console', target: vcn.name }, () =>
        context.openConsole(vcn),
      )
    },
  }
}

export function findVcn(
  [vo, cluster, name]: readonly [string, string, string],
  context: Pick<ClusterContext, 'snapshot'>,
): Vcn {
  const full = `${name}.${cluster}.${vo}`.toLowerCase()
  const found = vcnsOf(context).find(
    (vcn) => vcn.name === full || vcn.aliases.some((alias) => alias === full),
  )
  if (found !== undefined) return found
  throw new Fault('CPC-VO-001', {
    what: `there is no node ${full}`,
    where: 'the directory, ou=vos',
    why: 'no entry that is served has this name',
    todo: 'coppice vcn list shows the names',
  })
}

/** `compute3` of `compute3.hpl.physics`. */
export function shortName({ name }: Vcn): Label {
  const label = parseLabel(name.split('.')[0] ?? '')
  if (label === undefined) throw new Error(`${name} has no first label`)
  return label
}

function vcnView(vcn: Vcn, { snapshot, engine }: ClusterContext): VcnView {
  const { name, vo, cluster, host, image, nics, dn } = vcn
  const own = voNetworkName(vo)
  const label = shortName(vcn)
  return {
    name: label,
    vo,
    cluster,
    fqdn: joinName(name, snapshot().domain) ?? name,
    state: lifeWord(engine.life(vo, cluster, label)),
    ...(host !== undefined && { host }),
    ...(image !== undefined && { image }),
    nics: nics.flatMap(({ network, address, macs: [mac] }) => {
      if (address === undefined || mac === undefined) return []
      return [{ network: network ?? own ?? '', address: formatIp4(address), mac }]
    }),
    dn,
  }
}
