// Why this file exists: between packets, free addresses are asked after and full pools are told of; one round at a time,
// however long the wire takes.
import type { Network } from '#directory'
import { type Deciding, ownAlarm, setAside, worldNow } from './decide.ts'

/** What a tick does for the pools. */
export function poolRounds(
  parts: Deciding,
  isNear: (network: Network) => boolean,
): () => Promise<void> {
  let isRunning = false
  return async () => {
    const world = worldNow(parts)
    if (isRunning || world.settings.mode !== 'authoritative') return
    isRunning = true
    try {
      const { snapshot, leases, now, settings } = world
      for (const why of parts.watch.runningLow(snapshot, parts.book.all(), now))
        parts.raise(ownAlarm(now, 'CPC-DHCP-011', why))
      const { addresses } = settings
      await round(parts, parts.watch.round({ snapshot, leases, now, addresses, isNear }))
    } finally {
      isRunning = false
    }
  }
}

async function round(parts: Deciding, asked: ReturnType<Deciding['watch']['round']>) {
  if (asked.length === 0) return
  const answers = await parts.whoAnswers(asked)
  const silent = asked.filter((address) => !answers.has(address))
  parts.watch.wasSilent(silent, parts.clock())
  for (const [address, mac] of answers) await setAside(address, mac, parts)
}
