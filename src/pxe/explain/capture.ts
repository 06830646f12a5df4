// Why this file exists: people bring captures of machines that do not boot. A capture is a stranger's file: it is read by
// offset within bounds, what is none of ours is counted and left out, and what is broken ends it with a reason. Pure.
import { type Datagram, datagramIn } from './frame.ts'

/** Larger ones are of something else; tcpdump can cut what is of interest out of them. */
export const captureBytesMax = 8 * 1024 * 1024
/** Frames that are looked at. */
export const framesMax = 100_000
/** The longest that an Ethernet card gives, with offloads; more is a broken length. */
const frameBytesMax = 262_144

export interface CapturedDatagram extends Datagram {
  /** From 1, as other programs number them. */
  readonly frame: number
}

export interface Capture {
  readonly datagrams: readonly CapturedDatagram[]
  readonly frames: number
  /** Why frames were left out, and how many for each reason. */
  readonly leftOut: ReadonlyMap<string, number>
  /** Why it ends before the file does. */
  readonly broken?: string
}

export type CaptureResult =
  | { readonly ok: true; readonly capture: Capture }
  | { readonly ok: false; readonly refusal: string }

interface Frame {
  readonly linkType: number
  readonly bytes: Uint8Array
}

/** Frames one after the other; what it returns is why there are no more. */
type Frames = Generator<Frame, string | undefined>

const pcapng = 0x0a0d0d0a
const pcapMagics: ReadonlyMap<number, boolean> = new Map([
  [0xa1b2c3d4, true],
  [0xa1b23c4d, true],
  [0xd4c3b2a1, false],
  [0x4d3cb2a1, false],
])

export function readCapture(file: Uint8Array, datagramsMax: number): CaptureResult {
  if (file.length > captureBytesMax)
    return refuse(`it has ${file.length} bytes, and ${captureBytesMax} is the limit`)
  if (file.length < 24) return refuse(`${file.length} bytes are too few for a capture`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const magic = view.getUint32(0, true)
  const isLittle = pcapMagics.get(magic)
  if (magic === pcapng) return { ok: true, capture: gather(pcapngFrames(view), datagramsMax) }
  if (isLittle === undefined) return refuse('it begins as neither pcap nor pcapng does')
  return { ok: true, capture: gather(pcapFrames(view, isLittle), datagramsMax) }
}

/** One payload, as somebody has copied it: spaces and colons do not count. */
export function readHex(text: string, bytesMax: number): Uint8Array | undefined {
  const digits = text.replaceAll(/0x|[\s:.,-]/gi, '')
  if (digits.length === 0 || digits.length % 2 !== 0 || digits.length > 2 * bytesMax)
    return undefined
  return /^[0-9a-f]+$/i.test(digits) ? Uint8Array.fromHex(digits) : undefined
}

function gather(frames: Frames, datagramsMax: number): Capture {
  const datagrams: CapturedDatagram[] = []
  const leftOut = new Map<string, number>()
  let count = 0
  let step = frames.next()
  for (; step.done !== true && count < framesMax; step = frames.next()) {
    count += 1
    const found = datagramIn(step.value.linkType, step.value.bytes)
    const reason = !found.ok
      ? found.refusal
      : datagrams.length >= datagramsMax
        ? `beyond the first ${datagramsMax} that are answered at once`
        : undefined
    if (reason !== undefined) leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1)
    else if (found.ok) datagrams.push({ frame: count, ...found.datagram })
  }
  const broken =
    step.done === true ? step.value : `only the first ${framesMax} frames were looked at`
  return { datagrams, frames: count, leftOut, ...(broken !== undefined && { broken }) }
}

function* pcapFrames(view: DataView, isLittle: boolean): Frames {
  const linkType = view.getUint32(20, isLittle) & 0xffff
  let at = 24
  while (at + 16 <= view.byteLength) {
    const length = view.getUint32(at + 8, isLittle)
    if (length > frameBytesMax) return `a frame says that it has ${length} bytes`
    if (at + 16 + length > view.byteLength) return 'the last frame is cut short'
    yield { linkType, bytes: bytesAt(view, at + 16, length) }
    at += 16 + length
  }
  return at === view.byteLength ? undefined : 'the last header is cut short'
}

const block = { section: pcapng, interface: 1, packet: 6 } as const

/** Each block has its length at both ends; a section says in which byte order. */
function* pcapngFrames(view: DataView): Frames {
  let isLittle = true
  let linkTypes: number[] = []
  let at = 0
  while (at + 12 <= view.byteLength) {
    const type = view.getUint32(at, isLittle)
    if (type === block.section) {
      isLittle = view.getUint32(at + 8, true) === 0x1a2b3c4d
      linkTypes = []
    }
    const length = view.getUint32(at + 4, isLittle)
    if (length < 12 || length % 4 !== 0) return `a block says that it has ${length} bytes`
    if (at + length > view.byteLength) return 'the last block is cut short'
    if (type === block.interface && length >= 20) linkTypes.push(view.getUint16(at + 8, isLittle))
    const frame =
      type === block.packet ? packetBlock(view, at, { length, isLittle, linkTypes }) : undefined
    if (typeof frame === 'string') return frame
    if (frame) yield frame
    at += length
  }
  return at === view.byteLength ? undefined : 'the last block is cut short'
}

interface BlockContext {
  readonly length: number
  readonly isLittle: boolean
  readonly linkTypes: readonly number[]
}

function packetBlock(view: DataView, at: number, context: BlockContext): Frame | string {
  const { length, isLittle, linkTypes } = context
  if (length < 32) return 'a block of a packet is too short'
  const captured = view.getUint32(at + 20, isLittle)
  if (captured > length - 32)
    return `a frame says that it has ${captured} bytes, in a block of ${length}`
  const linkType = linkTypes[view.getUint32(at + 8, isLittle)]
  if (linkType === undefined) return 'a frame of an interface that is not described'
  return { linkType, bytes: bytesAt(view, at + 28, captured) }
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length)
}

function refuse(refusal: string): CaptureResult {
  return { ok: false, refusal }
}
