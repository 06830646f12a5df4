// Why this file exists: firmware disagrees about TFTP options (RFC 2347, 2348, 2349, 7440) more than about anything
// else we serve, so what we agree to is decided in one pure place, without a socket.
import type { TftpOption } from './packet.ts'

export interface Terms {
  readonly blockBytes: number
  readonly windowBlocks: number
  /** Absent: we measure how long the client takes and choose for ourselves. */
  readonly waitMillis?: number
  /** What the OACK says; empty: none is sent. */
  readonly granted: readonly TftpOption[]
}

/**
 * Ethernet's 1,500 less IPv4, UDP and TFTP headers, and 40 octets for a tag or a tunnel on the way: a larger block
 * would travel in pieces, which firmware does not put together.
 */
export const blockBytesMax = 1_428
/** RFC 1350. */
export const blockBytesDefault = 512
/** 94 kB in flight saturates a gigabit at half a millisecond, and a switch still buffers it. */
export const windowBlocksMax = 64
/** 6 MB on the way to all clients together: more than the buffers of a rack's switches hold, and the rest is lost. */
const blocksOnWayMax = 4_096
/** What EDK II asks for; a window of one would make a boot storm slower, not kinder. */
const windowBlocksInStorm = 4
/** RFC 2349. */
export const waitSecondsMax = 255

/** The largest window to agree to when so many transfers are under way: a rack at once gets small ones. */
export function windowBlocksFor(sessions: number): number {
  const share = Math.floor(blocksOnWayMax / sessions)
  return Math.min(windowBlocksMax, Math.max(windowBlocksInStorm, share))
}

/** We may lower what was asked, never raise it. What we do not know or cannot grant is left out. */
export function agree(
  asked: readonly TftpOption[],
  fileBytes: number,
  windowBlocksNow: number = windowBlocksMax,
): Terms {
  const terms = new Map<string, number>()
  for (const [name, text] of asked) {
    const granted = grant(name, text, { fileBytes, windowBlocksNow })
    // RFC 2347: an option may stand once; the first one counts.
    if (granted !== undefined && !terms.has(name)) terms.set(name, granted)
  }
  const wait = terms.get('timeout')
  return {
    blockBytes: terms.get('blksize') ?? blockBytesDefault,
    windowBlocks: terms.get('windowsize') ?? 1,
    ...(wait === undefined ? {} : { waitMillis: wait * 1_000 }),
    granted: Array.from(terms, ([name, value]) => [name, String(value)] as const),
  }
}

interface Bounds {
  readonly fileBytes: number
  readonly windowBlocksNow: number
}

function grant(
  name: string,
  text: string,
  { fileBytes, windowBlocksNow }: Bounds,
): number | undefined {
  const asked = /^\d{1,10}$/.test(text) ? Number(text) : -1
  switch (name) {
    case 'blksize': // RFC 2348
      return asked >= 8 && asked <= 65_464 ? Math.min(asked, blockBytesMax) : undefined
    case 'tsize': // RFC 2349
      return asked >= 0 ? fileBytes : undefined
    case 'timeout': // RFC 2349: as it was asked, or not at all
      return asked >= 1 && asked <= waitSecondsMax ? asked : undefined
    case 'windowsize': // RFC 7440
      return asked >= 1 && asked <= 65_535 ? Math.min(asked, windowBlocksNow) : undefined
    default:
      return undefined
  }
}
