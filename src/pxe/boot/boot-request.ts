// Why this file exists: the loader tells what it knows of its machine in a URL, which is a stranger's word. What is
// not in the form that we expect is not there.
import { identifiesNobody, type Mac, parseMac, parseUuid, type Uuid } from '#directory'

export interface BootRequest {
  readonly mac: Mac
  readonly uuid?: Uuid
  readonly serial?: string
  /** iPXE's `${platform}`: pcbios or efi. */
  readonly platform: 'pcbios' | 'efi'
  /** How often it has asked since it was switched on, as far as it says. */
  readonly round: number
}

const serialCharsMax = 64
/** A machine that nobody describes asks for ever; the count only spaces its questions. */
export const roundMax = 9_999

/** `undefined` when there is no usable MAC: then this is the first request, and the entry script is the answer. */
export function readBootRequest(query: URLSearchParams): BootRequest | undefined {
  const mac = parseMac(query.get('mac') ?? '')
  if (!mac) return undefined
  const uuid = parseUuid(query.get('uuid') ?? '')
  const serial = readSerial(query.get('serial') ?? '')
  const round = query.get('round') ?? '0'
  return {
    mac,
    ...(uuid && !identifiesNobody(uuid) && { uuid }),
    ...(serial !== undefined && { serial }),
    platform: query.get('platform') === 'efi' ? 'efi' : 'pcbios',
    round: /^\d{1,4}$/.test(round) ? Number(round) : 0,
  }
}

/** Printable ASCII without spaces around; vendors write anything, and some write nothing at all. */
function readSerial(text: string): string | undefined {
  const serial = text.trim()
  return /^[\x20-\x7e]+$/.test(serial) && serial.length <= serialCharsMax ? serial : undefined
}
