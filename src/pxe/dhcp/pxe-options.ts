// Why this file exists: what PXE adds to DHCP lies inside option 43 (PXE 2.1, table 2.1), in options of its own.
import type { DhcpMessage } from './message.ts'
import { optionCode } from './option-code.table.ts'
import { optionOf } from './options.ts'

const pxeCode = { pad: 0, discoveryControl: 6, bootItem: 71, end: 255 } as const
/** Bit 3: load the file of this reply, and look for no boot server. */
const loadThisFile = 8
/** Its type and its layer, two octets each. */
const bootItemBytes = 4

/** A client that has chosen a boot server takes a reply only for the item that it asked for (§2.4.4). */
export function pxeOptionsFor({ options }: DhcpMessage): Uint8Array {
  const sent = optionOf(options, optionCode.vendorSpecific)
  const item = sent && pxeOption(sent, pxeCode.bootItem)
  return item?.length === bootItemBytes
    ? Uint8Array.of(pxeCode.bootItem, bootItemBytes, ...item, pxeCode.end)
    : Uint8Array.of(pxeCode.discoveryControl, 1, loadThisFile, pxeCode.end)
}

/** `undefined` when it is not there, or what stands before it does not add up. */
function pxeOption(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at]
    if (code === pxeCode.end) return undefined
    if (code === pxeCode.pad) {
      at += 1
      continue
    }
    const start = at + 2
    const end = start + (bytes[at + 1] ?? 0)
    if (start > bytes.length || end > bytes.length) return undefined
    if (code === wanted) return bytes.subarray(start, end)
    at = end
  }
  return undefined
}
