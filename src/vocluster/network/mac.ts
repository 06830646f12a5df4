// Why this file exists: a node's MAC is chosen once, before it exists, and must clash with nothing on any wire we know.
import { type Mac, macFromBytes } from '#directory'
import type { Digest } from './vo-network.ts'

const attemptsMax = 64
/** Locally administered, and to one station (IEEE 802, section 8.2). */
const firstOctet = 0x02

/** `02:…` from what the NIC is called, so that the same cluster gets the same one again. `undefined`: all tries clash. */
export function chooseMac(
  nic: string,
  isTaken: (mac: Mac) => boolean,
  digest: Digest,
): Mac | undefined {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const hex = digest(`mac ${nic} ${attempt}`)
    const rest = Array.from({ length: 5 }, (_, at) =>
      Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16),
    )
    const mac = macFromBytes(Uint8Array.of(firstOctet, ...rest), 0)
    if (!isTaken(mac)) return mac
  }
  return undefined
}
