// Why this file exists: tests of the lease table and the program that is killed under it write the same leases.
import { ip4, macFromBytes } from '#directory'
import type { LeaseRow, LeaseRowChange } from '#store'

export function leaseNumber(n: number): LeaseRow {
  return {
    address: ip4(0x0a4d_0000 + n),
    state: 'bound',
    source: 'pool',
    mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, n >> 8, n & 255), 0),
    clientId: '01020304',
    port: 'prov0',
    since: { wallMs: 1_700_000_000_000 + n, monotonicMs: 12.5, bootId: 'boot-1' },
    seconds: 3600,
  }
}

export function keep(n: number): readonly LeaseRowChange[] {
  return [{ kind: 'keep', lease: leaseNumber(n) }]
}
