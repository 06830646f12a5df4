// Why this file exists: what a host needs before its first node, and the disks of nodes: a pool, a filter and overlays, all
// by libvirt, each step the same whether it is done the first time or again.
import {
  libvirtErrorOf,
  type NamedRef,
  poolStartFlag,
  poolState,
  procedures,
  type VolumeRef,
} from '#libvirt'
import {
  filterName,
  overlayName,
  overlayPool,
  overlayPoolXml,
  overlayVolumeXml,
  type VcnDefinition,
  vcnFilterXml,
} from '#vocluster'
import type { HostCalls } from './counted.ts'
import { domainWith, isRunning } from './host-domain.ts'
import { unless } from './missing.ts'

export async function prepareHost(host: HostCalls): Promise<void> {
  await host.call(procedures.nwfilterDefineXml, { xml: vcnFilterXml() })
  const pool =
    (await findPool(host)) ??
    (await host.call(procedures.storagePoolDefineXml, { xml: overlayPoolXml() }))
  if (await isPoolRunning(host, pool)) return
  await host.call(procedures.storagePoolCreate, { pool, flags: poolStartFlag.build })
}

export interface StoreSeen {
  readonly isPrepared: boolean
  readonly overlays: readonly string[]
}

export async function seeStore(host: HostCalls): Promise<StoreSeen> {
  const filter = await unless(
    host.call(procedures.nwfilterLookupByName, { name: filterName }),
    'noNetworkFilter',
  )
  const pool = await findPool(host)
  if (pool === undefined || !(await isPoolRunning(host, pool)))
    return { isPrepared: false, overlays: [] }
  await refresh(host, pool)
  const volumes = await host.call(procedures.storagePoolListAllVolumes, { pool })
  return { isPrepared: filter !== undefined, overlays: volumes.map(({ name }) => name) }
}

/** What is there without its domain running was left by a step that was cut off, and may hold anything. */
export async function createOverlay(host: HostCalls, definition: VcnDefinition): Promise<void> {
  const { name, uuid } = definition
  const pool = await host.call(procedures.storagePoolLookupByName, { name: overlayPool })
  const left = await findVolume(host, pool, overlayName(name))
  if (left !== undefined) {
    const domain = await domainWith(host, uuid)
    if (domain !== undefined && (await isRunning(host, domain))) return
    await removeVolume(host, left)
  }
  await host.call(procedures.storageVolCreateXml, { pool, xml: overlayVolumeXml(definition) })
}

export async function removeOverlay(host: HostCalls, name: string): Promise<void> {
  const pool = await findPool(host)
  const volume = pool && (await findVolume(host, pool, name))
  if (volume !== undefined) await removeVolume(host, volume)
}

function findPool(host: HostCalls): Promise<NamedRef | undefined> {
  return unless(
    host.call(procedures.storagePoolLookupByName, { name: overlayPool }),
    'noStoragePool',
  )
}

async function isPoolRunning(host: HostCalls, pool: NamedRef): Promise<boolean> {
  const { state } = await host.call(procedures.storagePoolGetInfo, { pool })
  return state === poolState.running
}

/** libvirt lists what it knows; after a crash of it, or of ours, the folder may hold more. */
async function findVolume(
  host: HostCalls,
  pool: NamedRef,
  name: string,
): Promise<VolumeRef | undefined> {
  await refresh(host, pool)
  return unless(host.call(procedures.storageVolLookupByName, { pool, name }), 'noStorageVolume')
}

/** While a disk is being made libvirt refuses to look anew; then its list is of now anyway. */
async function refresh(host: HostCalls, pool: NamedRef): Promise<void> {
  try {
    await host.call(procedures.storagePoolRefresh, { pool })
  } catch (error) {
    if (libvirtErrorOf(error) === undefined) throw error
  }
}

async function removeVolume(host: HostCalls, volume: VolumeRef): Promise<void> {
  await unless(host.call(procedures.storageVolDelete, { volume }), 'noStorageVolume')
}
