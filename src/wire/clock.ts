// Why this file exists: the three clocks of a lease are read here and nowhere else in wire.
import { readFileSync } from 'node:fs'
import type { Stamp } from '#pxe'

export function systemClock(): () => Stamp {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)
  return () => ({ wallMs: Date.now(), monotonicMs: monotonicMs(), bootId })
}
