// Why this file exists: a reply has little room. What matters most is placed first, in the options field and then in
// the two old fields that are free (RFC 2132 §9.3); what is written then stands in the client's order (§9.8).
import type { OutgoingOption } from './message.ts'
import { optionCode } from './option-code.table.ts'

/** Bytes for options, without the end mark of each field. 0: the field is used for what it is named after. */
export interface Room {
  readonly options: number
  readonly file: number
  readonly sname: number
}

export interface Layout {
  readonly options: readonly OutgoingOption[]
  readonly file: readonly OutgoingOption[]
  readonly sname: readonly OutgoingOption[]
}

/** RFC 2131 §4.1: bits of option 52. */
const overloadBit = { file: 1, sname: 2 } as const

/** With its head; longer than 255 bytes is cut into pieces (RFC 3396 §5). */
export function sizeOf(bytes: number): number {
  return bytes + 2 * Math.max(1, Math.ceil(bytes / 255))
}

/**
 * `options` come in the order of need. What has no room anywhere is left out; what stands in for another is said only
 * when that one was left out.
 */
export function layOut(
  options: readonly OutgoingOption[],
  room: Room,
  asked: Uint8Array | undefined,
): Layout {
  const all = place(
    options.filter(({ insteadOf }) => insteadOf === undefined),
    room,
    asked,
  )
  const told = new Set([...all.options, ...all.file, ...all.sname].map(({ code }) => code))
  const missing = new Set(options.map(({ insteadOf }) => insteadOf))
  for (const code of [undefined, ...told]) missing.delete(code)
  if (missing.size === 0) return all
  const mended = options.filter(
    ({ code, insteadOf }) =>
      !missing.has(code) && (insteadOf === undefined || missing.has(insteadOf)),
  )
  return place(mended, room, asked)
}

function place(
  options: readonly OutgoingOption[],
  room: Room,
  asked: Uint8Array | undefined,
): Layout {
  const needed = options.reduce((sum, { bytes }) => sum + sizeOf(bytes.length), 0)
  if (needed <= room.options || room.file + room.sname === 0)
    return { options: inOrder(fitting(options, room.options).placed, asked), file: [], sname: [] }
  const first = fitting(options, room.options - sizeOf(1))
  const file = fitting(first.left, room.file)
  const sname = fitting(file.left, room.sname)
  const bits =
    (file.placed.length > 0 ? overloadBit.file : 0) +
    (sname.placed.length > 0 ? overloadBit.sname : 0)
  const overload = { code: optionCode.overload, bytes: Uint8Array.of(bits) }
  return {
    options: [...(bits === 0 ? [] : [overload]), ...inOrder(first.placed, asked)],
    file: inOrder(file.placed, asked),
    sname: inOrder(sname.placed, asked),
  }
}

function fitting(
  options: readonly OutgoingOption[],
  room: number,
): { readonly placed: readonly OutgoingOption[]; readonly left: readonly OutgoingOption[] } {
  const placed: OutgoingOption[] = []
  const left: OutgoingOption[] = []
  let used = 0
  for (const option of options) {
    const size = sizeOf(option.bytes.length)
    if (used + size > room) left.push(option)
    else {
      used += size
      placed.push(option)
    }
  }
  return { placed, left }
}

/** What nobody asked for comes first: it is what every client must be told. */
function inOrder(
  options: readonly OutgoingOption[],
  asked: Uint8Array | undefined,
): readonly OutgoingOption[] {
  if (!asked || asked.length === 0) return options
  const rank = (code: number): number => asked.indexOf(code)
  const router = rank(optionCode.router)
  // RFC 2132 §3.3: the mask stands before the router, whatever the client's order.
  const placeOf = ({ code }: OutgoingOption): number =>
    code === optionCode.subnetMask && rank(code) > router ? router - 0.5 : rank(code)
  return options.toSorted((one, other) => placeOf(one) - placeOf(other))
}
