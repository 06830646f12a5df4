// Why this file exists: what a plan writes into the directory is done when our own feed has shown it, since only what shows
// is served. Whatever stands there already is changed as far as it differs, and no further.
import {
  type Cluster,
  type DnsName,
  formatIp4,
  joinName,
  type Label,
  type Snapshot,
  type Vcn,
} from '#directory'
import { childDn, LdapRefusal } from '#ldap-sync'
import { type EntryNic, type NetworkChoice, showsAlready, type VcnEntry } from '#vocluster'
import type { EntryWriter } from './counted.ts'
import type { HandLimits } from './limits.ts'
import { missingBelow, notOnWire } from './trouble.ts'
import { untilTrue } from './waiting.ts'

/** The directory as our feed shows it. */
export interface ShownDirectory {
  readonly snapshot: Snapshot
  /** Rejects with a Fault after a time of its own. */
  untilShown(what: string, isShown: (snapshot: Snapshot) => boolean): Promise<void>
}

export interface DirectoryPlace {
  readonly directory: ShownDirectory
  readonly writer: EntryWriter
  /** The state of the directory that wire said it serves. */
  readonly serving: () => number
  readonly limits: HandLimits
  readonly signal: AbortSignal
}

const resultCode = { noSuchObject: 32, entryAlreadyExists: 68 } as const

export async function putNetwork(choice: NetworkChoice, place: DirectoryPlace): Promise<void> {
  const { directory, writer } = place
  const { name, subnet, vni } = choice
  const shown = () => directory.snapshot.networkByName.get(name)
  const isSo = (): boolean => {
    const { number, prefix, vni: seen } = shown() ?? {}
    return number === subnet.number && prefix === subnet.prefix && seen === vni
  }
  if (shown() === undefined) {
    await unlessThere(writer.addNetwork(name, subnet, { vni }))
    await directory.untilShown(`network ${name}`, () => shown() !== undefined)
  }
  const found = shown()
  if (found === undefined || isSo()) return
  await writer.changeNetwork(found.dn, { subnet, vni })
  await directory.untilShown(`network ${name}`, isSo)
}

export async function putCluster(vo: Label, name: Label, place: DirectoryPlace): Promise<void> {
  const { directory, writer } = place
  const isShown = (): boolean => clusterNamed(vo, name, directory.snapshot) !== undefined
  if (isShown()) return
  const above = directory.snapshot.entries.ofKind('vo').find((entry) => entry.name === vo)
  if (above === undefined) throw missingBelow(`cluster ${name}`, `VO ${vo}`)
  const dn = childDn('cn', name, above.dn)
  await unlessThere(writer.addEntry(dn, ['coppiceCluster'], new Map([['cn', [name]]])))
  await directory.untilShown(`cluster ${name}`, isShown)
}

/** Done when wire serves it: DHCP must know a node before it asks. */
export async function putEntry(entry: VcnEntry, place: DirectoryPlace): Promise<void> {
  const { directory } = place
  const isSo = (): boolean => showsAlready(entry, entryShown(entry, directory.snapshot))
  if (!isSo()) {
    const before = entryShown(entry, directory.snapshot) ?? (await addEntry(entry, place))
    if (before !== undefined) await changeEntry(entry, before, place)
    await directory.untilShown(`the entry of ${entry.name}`, isSo)
  }
  await untilServed(`the entry of ${entry.name}`, place)
}

/** An entry that stood there unseen, which is for changing. */
async function addEntry(entry: VcnEntry, place: DirectoryPlace): Promise<Vcn | undefined> {
  const { directory, writer } = place
  const cluster = clusterNamed(entry.vo, entry.cluster, directory.snapshot)
  if (cluster === undefined)
    throw missingBelow(`the entry of ${entry.name}`, `cluster ${entry.cluster}`)
  const dn = childDn('cn', entry.name, cluster.dn)
  const classes = ['device', 'ieee802Device', 'coppiceVcn'] as const
  const isNew = await unlessThere(writer.addEntry(dn, classes, entryValues(entry)))
  if (isNew) {
    for (const nic of entry.nics) await putNic(nic, dn, writer)
    return undefined
  }
  const what = `the entry of ${entry.name}`
  await directory.untilShown(what, (snapshot) => entryShown(entry, snapshot) !== undefined)
  return entryShown(entry, directory.snapshot)
}

async function changeEntry(
  entry: VcnEntry,
  before: Vcn,
  { writer }: DirectoryPlace,
): Promise<void> {
  const wanted = new Set(entry.nics.map(({ label }) => label))
  for (const { label } of before.nics)
    if (label !== undefined && !wanted.has(label))
      await gone(writer.remove(childDn('cn', label, before.dn)))
  await writer.changeEntry(before.dn, 'coppiceVcn', entryValues(entry))
  for (const nic of entry.nics) await putNic(nic, before.dn, writer)
}

/** A further card is an entry below its node's. */
async function putNic(nic: EntryNic, dn: string, writer: EntryWriter): Promise<void> {
  const { label, mac, address, network } = nic
  if (label === undefined) return
  const isNew = await unlessThere(writer.addNic(dn, label, { macs: [mac], address, network }))
  if (isNew) return
  const values = new Map([...nicValues(nic), ['coppiceOnNetwork', [network]] as const])
  await writer.changeEntry(childDn('cn', label, dn), 'coppiceNic', values)
}

function entryValues(entry: VcnEntry): ReadonlyMap<string, readonly string[]> {
  const own = entry.nics.find(({ label }) => label === undefined)
  return new Map<string, readonly string[]>([
    ['cn', [entry.name, ...entry.aliases]],
    ['coppiceHost', [entry.host]],
    ['coppiceImage', [entry.image]],
    ...(own === undefined ? [] : nicValues(own)),
  ])
}

function nicValues({ mac, address }: EntryNic): readonly (readonly [string, readonly string[]])[] {
  return [
    ['macAddress', [mac]],
    ['ipHostNumber', [formatIp4(address)]],
  ]
}

/** With all that stands below it. */
export async function removeEntry(what: string, dn: string, place: DirectoryPlace): Promise<void> {
  const { directory, writer } = place
  const shown = directory.snapshot.entries.values().find((entry) => entry.dn === dn)
  await gone(writer.remove(dn))
  if (shown === undefined) return
  await directory.untilShown(`the removal of ${what}`, ({ entries }) => !entries.has(shown.id))
}

function entryShown({ name, cluster, vo }: VcnEntry, snapshot: Snapshot): Vcn | undefined {
  const full: DnsName | undefined = joinName(name, cluster, vo)
  const device = full === undefined ? undefined : snapshot.byName.get(full)?.device
  return device?.kind === 'vcn' && device.name === full ? device : undefined
}

function clusterNamed(vo: Label, name: Label, snapshot: Snapshot): Cluster | undefined {
  return Array.from(snapshot.entries.ofKind('cluster')).find(
    (entry) => entry.vo === vo && entry.name === name,
  )
}

async function untilServed(what: string, place: DirectoryPlace): Promise<void> {
  const { directory, serving, limits, signal } = place
  const { number } = directory.snapshot
  const { servingMs: forMs, pauseMs } = limits
  if (await untilTrue(() => serving() >= number, { forMs, pauseMs, signal })) return
  throw notOnWire(what, number, serving())
}

/** False: there is one already. */
async function unlessThere(adding: Promise<unknown>): Promise<boolean> {
  return tolerating(adding, resultCode.entryAlreadyExists)
}

async function gone(removing: Promise<unknown>): Promise<void> {
  await tolerating(removing, resultCode.noSuchObject)
}

async function tolerating(work: Promise<unknown>, code: number): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof LdapRefusal && error.resultCode === code) return false
    throw error
  }
}
