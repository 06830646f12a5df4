// Why this file exists: what may be fetched without a name or a password: the loaders and the host image, no more.
import { join } from 'node:path'
import { HeldFiles } from '#pxe'
import type { Fault } from '#fault'

/** Where Debian's package ipxe puts them: one of the three is only a link into the other folder. */
const loaders = [
  { folder: '/usr/lib/ipxe', prefix: '', only: ['snponly.efi', 'undionly.kpxe'] },
  { folder: '/boot', prefix: '', only: ['ipxe.efi'] },
] as const

/** Where a site puts loaders that Debian does not have, or its own builds; they count before Debian's. */
export const ownLoadersFolder = 'loaders'

export function openBootFiles(
  { hostImage, dataDir }: { readonly hostImage: string; readonly dataDir: string },
  now: () => number,
  onFault: (fault: Fault) => void,
): Promise<HeldFiles> {
  return HeldFiles.open({
    roots: [
      { folder: join(dataDir, ownLoadersFolder), prefix: '' },
      ...loaders,
      { folder: hostImage, prefix: 'boot/kvm-host/', only: ['vmlinuz', 'initrd'] },
    ],
    now,
    onFault,
  })
}
