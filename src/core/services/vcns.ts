// Why this file exists: virtual nodes as people see them: what the directory says of them and how far they are.
import type { Services, VcnView } from '#api'
import { formatIp4, joinName, type Label, parseLabel, type Vcn } from '#directory'
import { Fault } from '#fault'
import { type LifeState, lifeWord, voNetworkName } from '#vocluster'
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

/** Why libvirt holds a node that should run. */
export function whyPaused(
  vcn: Vcn,
  life: LifeState,
  { snapshot, pausedNodes }: Pick<ClusterContext, 'snapshot' | 'pausedNodes'>,
): string | undefined {
  if (life !== 'boot' && life !== 'running') return undefined
  const host = vcn.host && snapshot().byName.get(vcn.host)?.device
  return host && pausedNodes.why(host.id, vcn.name)
}

/** Not a state of a life, but what people see of one. */
export const pausedWord = 'Paused'

function vcnView(vcn: Vcn, context: ClusterContext): VcnView {
  const { snapshot, engine } = context
  const { name, vo, cluster, host, image, nics, dn } = vcn
  const own = voNetworkName(vo)
  const label = shortName(vcn)
  const life = engine.life(vo, cluster, label)
  const trouble = whyPaused(vcn, life, context)
  return {
    name: label,
    vo,
    cluster,
    fqdn: joinName(name, snapshot().domain) ?? name,
    state: trouble === undefined ? lifeWord(life) : pausedWord,
    ...(trouble !== undefined && { trouble }),
    ...(host !== undefined && { host }),
    ...(image !== undefined && { image }),
    nics: nics.flatMap(({ network, address, macs: [mac] }) => {
      if (address === undefined || mac === undefined) return []
      return [{ network: network ?? own ?? '', address: formatIp4(address), mac }]
    }),
    dn,
  }
}
