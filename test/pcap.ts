// Why this file exists: captures of real peers are the best vectors there are; this reads pcap and pcapng and
// gives frames, UDP payloads and reassembled TCP streams, so that no test needs a tool for it.

export interface CapturedFrame {
  readonly linkType: number
  readonly bytes: Uint8Array
}

/** One IP packet's transport part. Addresses are text, in either family. */
export interface Transport {
  readonly source: string
  readonly target: string
  readonly sourcePort: number
  readonly targetPort: number
  readonly payload: Uint8Array
}

/** One direction of a connection, up to the first byte that the capture lost. */
export interface TcpStream extends Transport {
  /** The payload is everything that was sent this way. */
  readonly whole: boolean
}

export function readFrames(file: Uint8Array): CapturedFrame[] {
  const view = viewOf(file)
  const magic = view.getUint32(0, true)
  if (magic === 0x0a0d0d0a) return readPcapng(view)
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d
  const frames: CapturedFrame[] = []
  const linkType = view.getUint32(20, little) & 0xffff
  for (let at = 24; at + 16 <= view.byteLength;) {
    const length = view.getUint32(at + 8, little)
    frames.push({ linkType, bytes: file.subarray(at + 16, at + 16 + length) })
    at += 16 + length
  }
  return frames
}

function readPcapng(view: DataView): CapturedFrame[] {
  const frames: CapturedFrame[] = []
  let linkTypes: number[] = []
  let little = true
  for (let at = 0; at + 12 <= view.byteLength;) {
    const type = view.getUint32(at, little)
    if (type === 0x0a0d0d0a) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d
      linkTypes = []
    }
    if (type === 1) linkTypes.push(view.getUint16(at + 8, little))
    if (type === 6) {
      const length = view.getUint32(at + 20, little)
      const linkType = linkTypes[view.getUint32(at + 8, little)] ?? 1
      frames.push({ linkType, bytes: part(view, at + 28, at + 28 + length) })
    }
    at += Math.max(12, view.getUint32(at + 4, little))
  }
  return frames
}

const udp = 17
const tcp = 6

export function udpPayloads(frames: readonly CapturedFrame[]): Transport[] {
  return frames.flatMap((frame) => {
    const packet = ipPacket(frame)
    if (packet?.protocol !== udp || packet.body.byteLength < 8) return []
    const { body, source, target } = packet
    const payload = part(body, 8, body.getUint16(4))
    return [
      { source, target, sourcePort: body.getUint16(0), targetPort: body.getUint16(2), payload },
    ]
  })
}

interface Segment extends Transport {
  readonly sequence: number
  readonly syn: boolean
}

/** Each direction of each connection, in the order in which they were first seen. */
export function tcpStreams(frames: readonly CapturedFrame[]): TcpStream[] {
  const flows = new Map<string, Segment[]>()
  for (const frame of frames) {
    const segment = tcpSegment(frame)
    if (!segment) continue
    const { source, sourcePort, target, targetPort } = segment
    const key = `${source} ${sourcePort} ${target} ${targetPort}`
    const flow = flows.get(key)
    if (flow) flow.push(segment)
    else flows.set(key, [segment])
  }
  return [...flows.values()].map(reassemble)
}

function tcpSegment(frame: CapturedFrame): Segment | undefined {
  const packet = ipPacket(frame)
  if (packet?.protocol !== tcp || packet.body.byteLength < 20) return undefined
  const { body, source, target } = packet
  return {
    source,
    target,
    sourcePort: body.getUint16(0),
    targetPort: body.getUint16(2),
    sequence: body.getUint32(4),
    syn: (body.getUint8(13) & 2) !== 0,
    payload: part(body, (body.getUint8(12) >> 4) * 4, body.byteLength),
  }
}

function reassemble(segments: readonly Segment[]): TcpStream {
  const [first] = segments
  if (!first) throw new Error('a flow without a segment')
  const syn = segments.find((segment) => segment.syn)
  const start = syn ? syn.sequence + 1 : Math.min(...segments.map((each) => each.sequence))
  const inOrder = segments
    .filter(({ payload }) => payload.length > 0)
    .map(({ payload, sequence }) => ({ payload, offset: (sequence - start) | 0 }))
    .toSorted((one, other) => one.offset - other.offset)
  const parts: Uint8Array[] = []
  let length = 0
  let whole = true
  for (const { payload, offset } of inOrder) {
    if (offset > length) whole = false
    if (!whole || offset + payload.length <= length) continue
    parts.push(payload.subarray(length - offset))
    length = offset + payload.length
  }
  return { ...first, payload: Buffer.concat(parts), whole }
}

interface IpPacket {
  readonly protocol: number
  readonly source: string
  readonly target: string
  readonly body: DataView
}

/** The IP packet in a frame, fragments left out. */
function ipPacket(frame: CapturedFrame): IpPacket | undefined {
  const start = ipOffset(frame)
  if (start === undefined || start >= frame.bytes.length) return undefined
  const view = viewOf(frame.bytes.subarray(start))
  const version = view.getUint8(0) >> 4
  if (version === 4 && view.byteLength >= 20) return ip4Packet(view)
  return version === 6 && view.byteLength >= 40 ? ip6Packet(view) : undefined
}

function ip4Packet(view: DataView): IpPacket | undefined {
  if ((view.getUint16(6) & 0x3fff) !== 0) return undefined
  const address = (at: number) => part(view, at, at + 4).join('.')
  // Zero: the card was to fill it in (segmentation offload).
  const length = view.getUint16(2) || view.byteLength
  const body = viewOf(part(view, (view.getUint8(0) & 15) * 4, length))
  return { protocol: view.getUint8(9), source: address(12), target: address(16), body }
}

function ip6Packet(view: DataView): IpPacket {
  const address = (at: number) =>
    [0, 2, 4, 6, 8, 10, 12, 14].map((each) => view.getUint16(at + each).toString(16)).join(':')
  const body = viewOf(part(view, 40, 40 + view.getUint16(4)))
  return { protocol: view.getUint8(6), source: address(8), target: address(24), body }
}

/** Where the IP header begins, by link type; `undefined` for ARP and the like. */
function ipOffset({ linkType, bytes }: CapturedFrame): number | undefined {
  switch (linkType) {
    case 0: // BSD loopback
    case 108:
      return 4
    case 1: // Ethernet
      return etherOffset(bytes, 12)
    case 113: // Linux "any", version 1
      return etherOffset(bytes, 14)
    case 276: // Linux "any", version 2
      return 20
    default: // raw IP: 12, 14, 101, 228, 229
      return 0
  }
}

function etherOffset(bytes: Uint8Array, typeAt: number): number | undefined {
  let at = typeAt
  const type = () => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  while (type() === 0x8100 || type() === 0x88a8) at += 4
  return type() === 0x0800 || type() === 0x86dd ? at + 2 : undefined
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function part(view: DataView, from: number, to: number): Uint8Array {
  const end = Math.min(to, view.byteLength)
  return new Uint8Array(view.buffer, view.byteOffset + Math.min(from, end), Math.max(0, end - from))
}
