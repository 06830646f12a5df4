// Why this file exists: `explain` asks what a machine would ask, in the same bytes, so that the answer is that of the packet
// path and of nothing beside it.
import { type Ip4, ip4, type Mac, macToBytes, type Uuid } from '#directory'
import { u16 } from '../dhcp/decode.ts'
import { encodeDhcp, mostBytesMax, replyBuffer } from '../dhcp/encode.ts'
import type { OutgoingOption } from '../dhcp/message.ts'
import { messageType, optionCode } from '../dhcp/option-code.table.ts'
import { latin1Bytes } from '../dhcp/option-value.ts'
import type { Stage } from './stage.table.ts'

/** What a client shows of itself. */
export interface ClientSigns {
  readonly mac: Mac
  readonly uuid?: Uuid
  /** How it reaches us when it is on none of our wires. */
  readonly relay?: { readonly address: Ip4; readonly circuitId?: string }
}

const ethernet = { type: 1, length: 6 }
const nowhere = ip4(0)
const hardwareBytes = 16
/** What every client asks for (subnet mask, router, names, server, file), and what loaders do beside it. */
const askedFor = Uint8Array.of(1, 3, 6, 12, 15, 26, 28, 42, 51, 54, 66, 67, 119, 121, 175)

/** RFC 2131 §4.4.1: the first message of a client without an address. */
export function discoverBytes(signs: ClientSigns, stage: Stage): Uint8Array {
  return bytesOf(signs, { type: messageType.discover, ciaddr: nowhere, options: optionsOf(stage) })
}

/** §4.4.5: a client that uses the address asks whether it may go on. */
export function renewBytes(signs: ClientSigns, address: Ip4): Uint8Array {
  return bytesOf(signs, { type: messageType.request, ciaddr: address, options: [] })
}

interface Content {
  readonly type: number
  readonly ciaddr: Ip4
  readonly options: readonly OutgoingOption[]
}

function bytesOf({ mac, uuid, relay }: ClientSigns, content: Content): Uint8Array {
  const bytes = new Uint8Array(hardwareBytes)
  bytes.set(macToBytes(mac))
  const machineId = uuid && [{ code: optionCode.machineId, bytes: machineIdBytes(uuid) }]
  const buffer = replyBuffer()
  const length = encodeDhcp(
    {
      ...content,
      op: 'request',
      xid: 0,
      secs: 0,
      broadcast: false,
      yiaddr: nowhere,
      siaddr: nowhere,
      giaddr: relay?.address ?? nowhere,
      hardware: { ...ethernet, bytes },
      bootFile: '',
      options: [
        { code: optionCode.askedFor, bytes: askedFor },
        ...content.options,
        ...(machineId ?? []),
      ],
      ...(relay?.circuitId !== undefined && { relayInformation: circuitBytes(relay.circuitId) }),
      bytesMax: mostBytesMax,
    },
    buffer,
  )
  return buffer.subarray(0, length)
}

function optionsOf({ kind, architecture }: Stage): readonly OutgoingOption[] {
  if (kind === 'os') return []
  const number = Uint8Array.of(architecture >>> 8, architecture & 255)
  const vendor = kind === 'http' ? 'HTTPClient' : 'PXEClient'
  return [
    { code: optionCode.architecture, bytes: number },
    { code: optionCode.vendorClass, bytes: latin1Bytes(`${vendor}:Arch:${padded(number)}`) },
    ...(kind === 'ipxe' ? [{ code: optionCode.userClass, bytes: latin1Bytes('iPXE') }] : []),
  ]
}

function padded(number: Uint8Array): string {
  return String(u16(number, 0)).padStart(5, '0')
}

/** RFC 4578 §2.3: the first three fields low byte first. */
function machineIdBytes(uuid: Uuid): Uint8Array {
  const plain = Uint8Array.fromHex(uuid.replaceAll('-', ''))
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  return Uint8Array.of(0, ...order.map((at) => plain[at] ?? 0))
}

/** RFC 3046: sub-option 1. Ids that are no text are written in hex. */
function circuitBytes(circuitId: string): Uint8Array {
  const isHex = /^0x([0-9a-f]{2})+$/.test(circuitId)
  const id = isHex ? Uint8Array.fromHex(circuitId.slice(2)) : latin1Bytes(circuitId)
  const short = id.subarray(0, 255)
  return Uint8Array.of(1, short.length, ...short)
}
