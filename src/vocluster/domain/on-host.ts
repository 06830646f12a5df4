// Why this file exists: where things of a node stand on a host. The recipe of the host image makes the folders; whoever
// names one of these does so from here.
import type { DnsName } from '#directory'

export { vxlanName } from '#directory'

/** NFS, read-only. */
export const imagesFolder = '/var/lib/coppice/images'
/** In the memory of the host; a storage pool of libvirt. */
export const overlaysFolder = '/var/lib/coppice/vcn'
export const overlayPool = 'coppice-vcn'
export const filterName = 'coppice-vcn'

/** Typed names hold no `/`, so none leads out of the folder (HOSTILE 63). */
export function overlayName(vcn: DnsName): string {
  return `${vcn}.qcow2`
}

export function overlayPath(vcn: DnsName): string {
  return `${overlaysFolder}/${overlayName(vcn)}`
}

export function consoleLogPath(vcn: DnsName): string {
  return `${overlaysFolder}/${vcn}.console`
}

/** `cbr7`: the bridge of a VO's network on each host. */
export function bridgeName(vni: number): string {
  return `cbr${vni}`
}

/** VXLAN's 50 bytes off the usual 1500. */
export const tenantMtuBytes = 1450
