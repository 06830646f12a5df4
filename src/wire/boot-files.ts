// Why this file exists: what may be fetched without a name or a password: the loaders and the host image, no more.
import { HeldFiles } from '#pxe'
import type { Fault } from '#fault'

const loaderFolder = '/usr/lib/ipxe'
const loaders = ['snponly.efi', 'ipxe.efi', 'undionly.kpxe'] as const

export function openBootFiles(
  hostImage: string,
  now: () => number,
  onFault: (fault: Fault) => void,
): Promise<HeldFiles> {
  return HeldFiles.open({
    roots: [
      { folder: loaderFolder, prefix: '', only: loaders },
      { folder: hostImage, prefix: 'boot/kvm-host/', only: ['vmlinuz', 'initrd'] },
    ],
    now,
    onFault,
  })
}
