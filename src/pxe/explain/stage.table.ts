// Why this table exists: one machine asks several times while it starts, each time as somebody else. `explain` asks in the
// name of each of them.
export interface Stage {
  /** As people call it. */
  readonly name: string
  readonly kind: 'os' | 'pxe' | 'http' | 'ipxe'
  /** RFC 4578 §2.1 */
  readonly architecture: number
}

export const osStage: Stage = { name: 'operating system', kind: 'os', architecture: 0 }

export const bootStages: readonly Stage[] = [
  { name: 'x86 BIOS', kind: 'pxe', architecture: 0 },
  { name: 'x64 UEFI', kind: 'pxe', architecture: 7 },
  { name: 'x64 UEFI that says EBC', kind: 'pxe', architecture: 9 },
  { name: 'x86 UEFI', kind: 'pxe', architecture: 6 },
  { name: 'ARM64 UEFI', kind: 'pxe', architecture: 11 },
  { name: 'x64 UEFI by HTTP', kind: 'http', architecture: 16 },
  { name: 'x86 UEFI by HTTP', kind: 'http', architecture: 15 },
  { name: 'ARM64 UEFI by HTTP', kind: 'http', architecture: 19 },
  { name: 'our loader, iPXE', kind: 'ipxe', architecture: 7 },
]
