// Why this file exists: the directory as LDIF in the layout that the appliance itself writes, whatever tree it came from:
// an empty server of any kind takes it.
import {
  formatIp4,
  type Cluster,
  type Machine,
  type Network,
  type Snapshot,
  type Vcn,
  type Vo,
} from '#directory'
import { naturalKey, sortedBy } from '#exchange'
import {
  childDn,
  containersOf,
  type DirectoryOrder,
  entryLdif,
  machineOrder,
  networkOrder,
  nicOrder,
} from '#ldap-sync'

/** People are left out: who they are is more than an appliance reads of them. slapadd wants neither a version nor a gap. */
const head = `# Networks, machines, VOs and their nodes, as Coppice writes them. People are not in it: copy them with the
# tools of your LDAP server (ldapsearch, slapcat).
`

export function* ldifChunks(snapshot: Snapshot, base: string): Generator<string> {
  yield head
  yield containersOf(base)
  for (const network of snapshot.networks) yield networkText(network, base)
  const { machine, vo, cluster, vcn } = byKind(snapshot)
  for (const each of sortedBy(machine, ({ name }) => naturalKey(name)))
    yield machineText(each, base)
  for (const each of sortedBy(vo, ({ name }) => name)) yield voText(each, base)
  for (const each of sortedBy(cluster, ({ vo: of, name }) => `${of} ${name}`))
    yield clusterText(each, base)
  for (const each of sortedBy(vcn, ({ name }) => naturalKey(name))) yield vcnText(each, base)
}

interface ByKind {
  readonly machine: Machine[]
  readonly vo: Vo[]
  readonly cluster: Cluster[]
  readonly vcn: Vcn[]
}

function byKind({ entries }: Snapshot): ByKind {
  const kinds: ByKind = { machine: [], vo: [], cluster: [], vcn: [] }
  for (const entry of entries.values()) {
    if (entry.kind === 'machine') kinds.machine.push(entry)
    else if (entry.kind === 'vo') kinds.vo.push(entry)
    else if (entry.kind === 'cluster') kinds.cluster.push(entry)
    else if (entry.kind === 'vcn') kinds.vcn.push(entry)
  }
  return kinds
}

function networkText(network: Network, base: string): string {
  const { name, gateway, routes, pool, leaseSeconds, vni } = network
  const fields = {
    leaseSeconds,
    ...(gateway !== undefined && { gateway }),
    ...(routes && { routes }),
    ...(pool && { pool }),
    ...(vni !== undefined && { vni }),
  }
  return textOf(networkOrder(base, name, network, fields))
}

function machineText(machine: Machine, base: string): string {
  const { name, nics, aliases, role, uuid, port, power, tags, bootFile, bootParameters } = machine
  const own = nics.filter(({ label }) => label === undefined)
  const [address, ...further] = own.flatMap((nic) => nic.address ?? [])
  const order = machineOrder(base, name, {
    macs: [...new Set(own.flatMap(({ macs }) => macs))],
    ...(address !== undefined && { address }),
    aliases,
    role,
    tags,
    bootParameters,
    ...(uuid !== undefined && { uuid }),
    ...(port !== undefined && { port }),
    ...(power !== undefined && { power }),
    ...(bootFile !== undefined && { bootFile }),
  })
  const more = further.map((each) => ({ name: 'ipHostNumber', values: [formatIp4(each)] }))
  const cards = nics.flatMap(({ label, macs, address: only, network }) => {
    if (label === undefined) return []
    const fields = {
      macs,
      ...(only !== undefined && { address: only }),
      ...(network && { network }),
    }
    return [textOf(nicOrder(order.dn, label, fields))]
  })
  const serial =
    machine.serial === undefined ? [] : [{ name: 'serialNumber', values: [machine.serial] }]
  return [textOf(order, [...more, ...serial]), ...cards].join('')
}

function voText({ name, quota, members }: Vo, base: string): string {
  const limits = Object.entries(quota).map(([limit, value]) => `${limit}=${value}`)
  return entryLdif(voDn(name, base), [
    { name: 'objectClass', values: ['top', 'coppiceVo'] },
    { name: 'cn', values: [name] },
    { name: 'coppiceQuota', values: limits.toSorted() },
    { name: 'member', values: members.toSorted() },
  ])
}

function voDn(name: string, base: string): string {
  return childDn('cn', name, `ou=vos,${base}`)
}

function clusterText({ vo, name }: Cluster, base: string): string {
  return entryLdif(childDn('cn', name, voDn(vo, base)), [
    { name: 'objectClass', values: ['top', 'coppiceCluster'] },
    { name: 'cn', values: [name] },
  ])
}

function vcnText(
  { name, vo, cluster, nics, aliases, tags, host, image }: Vcn,
  base: string,
): string {
  const within = `.${cluster}.${vo}`
  const own = name.endsWith(within) ? name.slice(0, -within.length) : name
  const names = [
    own,
    ...aliases.map((alias) => (alias.endsWith(within) ? alias.slice(0, -within.length) : alias)),
  ]
  const dn = childDn('cn', own, childDn('cn', cluster, voDn(vo, base)))
  const first = nics.filter(({ label }) => label === undefined)
  const addresses = first.flatMap(({ address }) =>
    address === undefined ? [] : [formatIp4(address)],
  )
  const [network] = first.flatMap((nic) => nic.network ?? [])
  const classes = [
    'top',
    'device',
    'ieee802Device',
    'coppiceVcn',
    ...(addresses.length > 0 ? ['ipHost'] : []),
  ]
  const entry = entryLdif(dn, [
    { name: 'objectClass', values: classes },
    { name: 'cn', values: names },
    { name: 'macAddress', values: [...new Set(first.flatMap(({ macs }) => macs))] },
    { name: 'ipHostNumber', values: addresses },
    { name: 'coppiceHost', values: host === undefined ? [] : [host] },
    { name: 'coppiceImage', values: image === undefined ? [] : [image] },
    { name: 'coppiceTag', values: tags },
    { name: 'coppiceOnNetwork', values: network === undefined ? [] : [network] },
  ])
  const cards = nics.flatMap(({ label, macs, address, network: on }) => {
    if (label === undefined) return []
    return [
      textOf(
        nicOrder(dn, label, {
          macs,
          ...(address !== undefined && { address }),
          ...(on && { network: on }),
        }),
      ),
    ]
  })
  return [entry, ...cards].join('')
}

/** The order to add it, as a record of content: `slapadd` takes these, `ldapadd` both. */
function textOf(
  order: DirectoryOrder,
  more: readonly { readonly name: string; readonly values: readonly string[] }[] = [],
): string {
  return order.kind === 'add' ? entryLdif(order.dn, [...order.attributes, ...more]) : ''
}
