// Why this file exists: what TFTP would answer to a packet at port 69, in words, by the decision that the server takes.
import type { Fact } from '#feed'
import { type BootFiles, printableName } from '../files/boot-files.ts'
import { decideFirst } from '../tftp/decide-read.ts'
import { agree } from '../tftp/option.ts'
import { parsePacket } from '../tftp/packet.ts'
import { describeStanding, standingOf } from './file.ts'

export function explainTftp(bytes: Uint8Array, files: BootFiles): readonly Fact[] {
  const decision = decideFirst(parsePacket(bytes), files)
  if (!decision) {
    const why = 'it belongs to a transfer, and opens none'
    return [{ topic: 'packet', text: 'no answer', why, rule: 'notARequest' }]
  }
  const { asked } = decision
  const who: Fact[] = asked
    ? [
        {
          topic: 'packet',
          text: `TFTP asks to ${asked.kind} ${printableName(asked.file)} in mode ${printableName(asked.mode)}`,
        },
      ]
    : []
  if (!decision.ok) {
    const { rule, why, code } = decision.refusal
    return [...who, { topic: 'file', text: `error ${code}`, why, rule, operands: [code] }]
  }
  const { file } = decision
  const { granted } = agree(asked?.options ?? [], file.bytes.length)
  const options = granted.map(([name, value]) => `${name} ${value}`).join(', ') || 'no options'
  const text = `${file.name}: ${describeStanding(standingOf(file.name, files, []))}, with ${options}`
  return [...who, { topic: 'file', text, rule: 'granted', operands: [file.name] }]
}
