// Why this file exists: what may be fetched without a name or a password: the loaders and the host image, no more.
import { HeldFiles } from '#pxe'
import type { Fault } from '#fault'

/** Where Debian's package ipxe puts them: one of the three is only a link into the other folder. */
const loaders = [
  { folder: '/usr/lib/ipxe', prefix: '', only: ['snponly.efi', 'undionly.kpxe'] },
  { folder: '/boot', prefix: '', only: ['ipxe.efi'] },
] as const

export function openBootFiles(
  hostImage: string,
  now: () => number,
  onFault: (fault: Fault) => void,
): Promise<HeldFiles> {
  return HeldFiles.open({
    roots: [
      ...loaders,
      { folder: hostImage, prefix: 'boot/kvm-host/', only: ['vmlinuz', 'initrd'] },
    ],
    now,
    onFault,
  })
}
