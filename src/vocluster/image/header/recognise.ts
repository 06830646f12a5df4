// Why this file exists: tools guess a file's format from its bytes and are fooled; we look at the same bytes only to
// find out whether anybody could be fooled (CVE-2024-44082).
import { type Signature, signatures } from './format.table.ts'
import type { Sample } from './sample.ts'

/** Every format, each once, of which the file bears a sign. None: it can only be raw. */
export function recognise(sample: Sample): readonly string[] {
  const found = signatures.filter((one) => bears(sample, one)).map(({ format }) => format)
  if (found.length === 0 && isVmdkText(sample.head)) found.push('VMDK descriptor')
  return [...new Set(found)]
}

function bears(sample: Sample, { where, offset, magic }: Signature): boolean {
  const bytes = sample[where]
  if (offset + magic.length > bytes.length) return false
  for (let at = 0; at < magic.length; at += 1) {
    if (bytes[offset + at] !== magic.charCodeAt(at)) return false
  }
  return true
}

const textBytesMax = 4096

/** QEMU takes this too for a VMDK descriptor: comments and empty lines, then a version. */
function isVmdkText(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, textBytesMax))
  return /^(?:#[^\n]*\n| *\r?\n)*version=[123]\r?\n/.test(text.toString('latin1'))
}
