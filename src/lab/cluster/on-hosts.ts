// Why this file exists: that a node is what was ordered is looked for where it runs: its process, its description and its
// disk on the host, its entry in LDAP, its lease.
import { askApi, ldapUrl, serveLog } from '../appliance.ts'
import { must } from '../command.ts'
import { textMember } from '../json.ts'
import type { RackPlan } from '../plan.ts'
import { inNamespace, words } from '../wiring.ts'
import type { Standing } from './bring-up.ts'
import { hostsOf, onHost } from './host-shell.ts'
import { demand } from './promise.ts'
import type { ClusterRun } from './site.ts'
import { itemsOf, type SeenVcn } from './views.ts'

const chapter = 'nodes on their hosts'
export const overlays = '/var/lib/coppice/vcn'
export const images = '/var/lib/coppice/images'

/** What a correct description holds, as libvirt writes it. */
function expectedIn({ main }: ClusterRun, vcn: SeenVcn): readonly (readonly [string, RegExp])[] {
  return [
    ['it is of type kvm', /<domain type='kvm'/],
    ['it runs', /<domstatus state='running'/],
    ['its disk is virtio', /<target dev='vda' bus='virtio'\/>/],
    ['its NIC is virtio', /<model type='virtio'\/>/],
    ['its NIC has its MAC', new RegExp(`<mac address='${vcn.mac}'/>`)],
    ['its NIC is filtered', /<filterref filter='coppice-vcn'>/],
    ['the filter knows its address', new RegExp(`name='IP' value='${vcn.address}'`)],
    ['its metadata names the VO', new RegExp(`vo=['"]${main.vo}['"]`)],
    ['its metadata names the cluster', new RegExp(`cluster=['"]${main.cluster}['"]`)],
    ['its metadata names the node', new RegExp(`name=['"]${vcn.name}['"]`)],
    ['its metadata names the digest', /digest=['"]sha256:[0-9a-f]{64}['"]/],
  ]
}

export async function checkOnHosts(cluster: ClusterRun, standing: Standing): Promise<void> {
  const { run } = cluster
  for (const host of await hostsOf(run.plan)) {
    const here = standing.vcns.filter((vcn) => vcn.host === host.name)
    for (const vcn of here) {
      const description = await onHost(run, host, `cat /run/libvirt/qemu/${vcn.fullName}.xml`)
      const wrong = expectedIn(cluster, vcn).filter(([, pattern]) => !pattern.test(description))
      const promise = `${vcn.name} on ${host.name} is described as it was ordered`
      const found = wrong.map(([what]) => `not so: ${what}`).join('; ')
      demand(wrong.length === 0, { chapter, promise, found }, run)
    }
    const said = await onHost(run, host, hostQuestions(here))
    checkDisks(cluster, here, said)
  }
  await checkEntries(cluster, standing)
}

function hostQuestions(vcns: readonly SeenVcn[]): string {
  const infos = vcns.map(({ fullName }) => {
    const disk = `${overlays}/${fullName}.qcow2`
    return `echo "info ${fullName} $(qemu-img info -U -f qcow2 --output json ${disk} | tr -d '\\n')"`
  })
  return [`echo "mount $(grep ' ${images} ' /proc/mounts)"`, ...infos].join('\n')
}

function checkDisks({ run }: ClusterRun, vcns: readonly SeenVcn[], said: string): void {
  const mount = /^mount .*$/m.exec(said)?.[0] ?? ''
  const shared = `the images come read-only over NFS`
  demand(/ nfs4 ro,/.test(mount), { chapter, promise: shared, found: mount }, run)
  for (const { name, fullName } of vcns) {
    const info = said.split('\n').find((line) => line.startsWith(`info ${fullName} `)) ?? ''
    const isOverlay =
      /"format": "qcow2"/.test(info) &&
      info.includes(`"backing-filename": "${images}/`) &&
      info.includes('"backing-filename-format": "qcow2"')
    const promise = `the disk of ${name} is an overlay over the image on NFS`
    demand(isOverlay, { chapter, promise, found: info }, run)
  }
}

async function checkEntries({ run }: ClusterRun, { vcns }: Standing): Promise<void> {
  const leases = itemsOf(await askApi(run.plan, '/v1/leases'))
  for (const vcn of vcns) {
    const entry = await ldapSearch(run.plan, vcn.dn, '(objectClass=coppiceVcn)')
    const isWhole = [vcn.mac, vcn.address, `coppiceHost: ${vcn.host}`].every((fact) =>
      entry.toLowerCase().includes(fact.toLowerCase()),
    )
    const inLdap = `${vcn.name} is an entry with its MAC, address and host in LDAP`
    demand(isWhole, { chapter, promise: inLdap, found: entry || `nothing at ${vcn.dn}` }, run)
    const lease = leases.find((one) => textMember(one, 'address') === vcn.address)
    const leased = `${vcn.name} has the lease of ${vcn.address}`
    const found = `${JSON.stringify(leases)}, ${serveLog(run.plan)}`
    demand(textMember(lease, 'mac') === vcn.mac, { chapter, promise: leased, found }, run)
  }
}

/** As LDIF, unwrapped; empty when there is nothing. */
export async function ldapSearch(
  plan: RackPlan,
  base: string,
  filter: string,
  attributes: readonly string[] = [],
): Promise<string> {
  const admin = words`-x -H ${ldapUrl} -D cn=admin,${plan.base} -y ${plan.dataDir}/ldap-admin.secret`
  const quiet = words`-LLL -o ldif-wrap=no -b ${base}`
  const search = ['ldapsearch', ...admin, ...quiet, filter, ...attributes]
  return must(inNamespace(plan.applianceNamespace, search)).catch(() => '')
}

/** How many QEMU processes carry each node, over all hosts. */
export async function processesOfNodes(cluster: ClusterRun): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const host of await hostsOf(cluster.run.plan)) {
    const said = await onHost(cluster.run, host, listNodes)
    for (const name of said.split('\n').filter((line) => line !== ''))
      counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** A node by the name that libvirt gives its QEMU. */
export const listNodes = `for file in /proc/[0-9]*/cmdline; do
  tr '\\0' '\\n' <"$file" 2>/dev/null | sed -n 's/^guest=\\([^,]*\\),.*/\\1/p'
done`
