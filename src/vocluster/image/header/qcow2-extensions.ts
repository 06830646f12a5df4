// Why this file exists: after its fields a QCOW2 header has a list of extensions; three of them lead to other files or
// keys, and a list that does not end within the first cluster leads anywhere.
import type { Qcow2Fields } from './qcow2-fields.ts'
import { headerFault, printable, type Refusal, refusal } from './refusal.ts'

/** QEMU writes at most five. */
const extensionsMax = 64
const extensionHeadBytes = 8

const end = 0
const encryptionHeader = 0x05_37_be_77
const bitmaps = 0x23_85_28_75
const dataFileName = 0x44_41_54_41

export function checkExtensions(fields: Qcow2Fields, head: Uint8Array): Refusal | undefined {
  const limit = Math.min(head.length, 2 ** fields.clusterBits)
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  let at = fields.headerLength
  for (let count = 0; count < extensionsMax; count += 1) {
    // QEMU as well takes the end of the space for the end of the list.
    if (at + extensionHeadBytes > limit) return undefined
    const kind = view.getUint32(at)
    const length = view.getUint32(at + 4)
    if (kind === end) return undefined
    const data = at + extensionHeadBytes
    if (length > limit - data) {
      return headerFault(
        'extension',
        `${length} bytes at ${data}, while the header ends at ${limit}`,
      )
    }
    const bad = judge(kind, head.subarray(data, data + length))
    if (bad !== undefined) return bad
    at = data + Math.ceil(length / 8) * 8
  }
  return headerFault('extensions', `more than ${extensionsMax}`)
}

/** Unknown ones may be ignored, says the format; so are the table of feature names and the backing format. */
function judge(kind: number, data: Uint8Array): Refusal | undefined {
  switch (kind) {
    case dataFileName:
      return refusal('data-file', printable(data))
    case encryptionHeader:
      return refusal('encrypted', 'it has a header for keys')
    case bitmaps:
      return refusal('bitmaps', 'it has a directory of bitmaps')
    default:
      return undefined
  }
}
