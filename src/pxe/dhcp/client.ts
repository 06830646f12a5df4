// Why this file exists: firmware, boot loader and operating system of one machine ask one after the other, and each
// needs another answer. What a client says of itself is read here (RFC 4578, RFC 3004, RFC 4702).
import { type DnsName, identifiesNobody, type Label, parseUuid, type Uuid } from '#directory'
import type { LoaderStage } from '#feed'
import { u16 } from './decode.ts'
import type { DhcpMessage } from './message.ts'
import { messageType, optionCode } from './option-code.table.ts'
import { optionOf } from './options.ts'
import { fullName, hex, hostLabel, textOption, userClasses } from './option-value.ts'
import { readRelayInformation, type RelayInformation } from './relay.ts'

/** How a client wants to load its next stage. */
export type BootProtocol =
  | { readonly kind: 'ipxe'; readonly architecture?: number }
  | { readonly kind: 'pxe'; readonly architecture: number }
  | { readonly kind: 'http'; readonly architecture: number }
  /** Loaders that fetch by TFTP without PXE around it (U-Boot, BOOTP). */
  | { readonly kind: 'tftp'; readonly architecture?: number }
  | { readonly kind: 'none' }

export interface Client {
  readonly boot: BootProtocol
  readonly stage: LoaderStage
  /** Hex of option 61. Recorded, not trusted: every stage of a boot sends another. */
  readonly clientId?: string
  readonly uuid?: Uuid
  readonly hostName?: Label | DnsName
  readonly relay?: RelayInformation
}

export function readClient(message: DhcpMessage): Client {
  const { options } = message
  const boot = bootProtocolOf(message)
  const id = optionOf(options, optionCode.clientId)
  const uuid = machineIdOf(optionOf(options, optionCode.machineId))
  const hostName = hostNameOf(message)
  const relayBytes = optionOf(options, optionCode.relayInformation)
  const relay = relayBytes && readRelayInformation(relayBytes)
  return {
    boot,
    stage: stageOf(boot),
    // HOSTILE 2: an empty client id is none.
    ...(id && id.length > 0 && { clientId: hex(id) }),
    ...(uuid && { uuid }),
    ...(hostName && { hostName }),
    ...(relay && { relay }),
  }
}

export function architectureOf(message: DhcpMessage): number | undefined {
  const bytes = optionOf(message.options, optionCode.architecture)
  // RFC 4578 §2.1 allows several; the first is the one that is running.
  return bytes && bytes.length >= 2 ? u16(bytes, 0) : undefined
}

function bootProtocolOf(message: DhcpMessage): BootProtocol {
  const architecture = architectureOf(message)
  const known = architecture !== undefined && { architecture }
  const classes = optionOf(message.options, optionCode.userClass)
  if (classes && userClasses(classes).includes('iPXE')) return { kind: 'ipxe', ...known }
  const vendor = textOption(message.options, optionCode.vendorClass) ?? ''
  // Option 93 alone is no wish to boot: some systems send it by mistake.
  if (vendor.startsWith('PXEClient')) return { kind: 'pxe', architecture: architecture ?? 0 }
  if (vendor.startsWith('HTTPClient')) return { kind: 'http', architecture: architecture ?? 16 }
  const isPlain = vendor.startsWith('U-Boot') || message.type === messageType.bootp
  return isPlain ? { kind: 'tftp', ...known } : { kind: 'none' }
}

function stageOf(boot: BootProtocol): LoaderStage {
  switch (boot.kind) {
    case 'ipxe':
      return 'ipxe'
    case 'pxe':
    case 'http':
    case 'tftp':
      return 'firmware'
    case 'none':
      return 'os'
  }
}

/** RFC 4578 §2.3. Firmware sends the first three fields in SMBIOS's order: low byte first. */
function machineIdOf(bytes: Uint8Array | undefined): Uuid | undefined {
  if (bytes?.length !== 17 || bytes[0] !== 0) return undefined
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  const uuid = parseUuid(hex(Uint8Array.from(order, (at) => bytes[at + 1] ?? 0)))
  return uuid && !identifiesNobody(uuid) ? uuid : undefined
}

function hostNameOf(message: DhcpMessage): Label | DnsName | undefined {
  const full = optionOf(message.options, optionCode.fullName)
  const text = textOption(message.options, optionCode.hostName)
  return (full && fullName(full)) ?? (text === undefined ? undefined : hostLabel(text))
}
