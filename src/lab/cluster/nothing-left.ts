// Why this file exists: "it is gone" is looked for, not assumed: on every host, in LDAP, among leases, networks and
// reservations.
import { askApi, besideServe } from '../appliance.ts'
import { must } from '../command.ts'
import { textMember } from '../json.ts'
import { type HostPlace, hostsOf, onHost } from './host-shell.ts'
import { ldapSearch, listNodes, overlays } from './on-hosts.ts'
import { demand } from './promise.ts'
import { order } from './publish.ts'
import { clusterName, type ClusterRun, type Owner } from './site.ts'
import { itemsOf, parseVo, type SeenVcn, type SeenVo } from './views.ts'

const chapter = 'cluster down'

/** What it was made of, before it is taken down. */
export interface Gone {
  readonly owner: Owner
  readonly vo: SeenVo
  readonly vcns: readonly SeenVcn[]
}

export async function takeDownCluster(cluster: ClusterRun, gone: Gone): Promise<void> {
  await order(cluster, ['cluster', 'down', clusterName(gone.owner), '--yes'])
  await nothingLeft(cluster, gone)
}

/** `hosts`: those that can be asked; one that is switched off has nothing in its memory. */
export async function nothingLeft(
  cluster: ClusterRun,
  gone: Gone,
  isOn: (host: HostPlace) => boolean = () => true,
): Promise<void> {
  const { run } = cluster
  const { vo, owner } = gone
  for (const host of (await hostsOf(run.plan)).filter(isOn)) {
    const found = (await onHost(run, host, whatIsLeft(gone))).trim()
    const promise = `no process, definition, disk or network of ${clusterName(owner)} on ${host.name}`
    demand(found === '', { chapter, promise, found }, run)
  }
  const kinds = '(|(objectClass=coppiceCluster)(objectClass=coppiceVcn))'
  const inLdap = await ldapSearch(run.plan, run.plan.base, kinds, ['dn'])
  const branch = `cn=${owner.cluster},cn=${owner.vo},`
  const entries = ldapNames(inLdap).filter((dn) => dn.toLowerCase().includes(branch))
  demand(entries.length === 0, told('no entry of it in LDAP', entries.join(' / ')), run)
  await noTrace(cluster, gone)
  const namespaces = await must([...besideServe(run.plan), 'ip', 'netns', 'list'])
  const ends = namespaces.split('\n').filter((line) => line.split(' ')[0] === `cvo${vo.vni}`)
  demand(ends.length === 0, told("the appliance's end of its network is gone", ends.join()), run)
}

/** What the appliance itself says of it. */
async function noTrace({ run }: ClusterRun, { owner, vo, vcns }: Gone): Promise<void> {
  const addresses = new Set(vcns.map(({ address }) => address))
  const leases = itemsOf(await askApi(run.plan, '/v1/leases'))
    .map((lease) => textMember(lease, 'address') ?? '')
    .filter((address) => addresses.has(address))
  demand(leases.length === 0, told('no lease of it', leases.join(' ')), run)
  const used = parseVo(await askApi(run.plan, `/v1/vos/${vo.name}`))?.used
  const reserved = Object.entries(used ?? { unknown: 1 })
    .filter(([limit, figure]) => limit !== 'imageBytes' && figure !== 0)
    .map(([limit, figure]) => `${limit} ${figure}`)
  demand(reserved.length === 0, told(`${vo.name} has nothing reserved`, reserved.join()), run)
  const path = `/v1/vcns?vo=${owner.vo}&cluster=${owner.cluster}`
  const listed = itemsOf(await askApi(run.plan, path)).map((one) => textMember(one, 'name'))
  demand(listed.length === 0, told('no node of it is listed', listed.join(' ')), run)
}

function told(promise: string, found: string): { chapter: string; promise: string; found: string } {
  return { chapter, promise, found }
}

function whatIsLeft({ owner, vo }: Gone): string {
  const tail = `.${owner.cluster}.${owner.vo}`
  return [
    `(${listNodes}) | grep -F '${tail}' | sed 's/^/process of /'`,
    `ls ${overlays} | grep -F '${tail}' | sed 's/^/disk /'`,
    `ls /run/libvirt/qemu /etc/libvirt/qemu /run/libvirt/nwfilter-binding 2>/dev/null | grep -F '${tail}' | sed 's/^/definition /'`,
    `for device in cvx${vo.vni} cbr${vo.vni}; do [ -e /sys/class/net/$device ] && echo "network $device"; done`,
    'true',
  ].join('\n')
}

function ldapNames(ldif: string): readonly string[] {
  return ldif.split('\n').flatMap((line) => (line.startsWith('dn: ') ? [line.slice(4)] : []))
}
