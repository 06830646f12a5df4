// Why this file exists: a cluster that is taken down leaves no lease, and the next one that gets its addresses is not
// made to wait; leases of machines are another matter.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyDeltas, type Delta, formatIp4, type Mac, type Snapshot } from '#directory'
import type { FeedMessage } from '#feed'
import { createLeaseBook, type LeaseBook, type Stamp } from '#pxe'
import { leasesEnded } from '../../src/wire/tenant-leases.ts'
import {
  chemNode,
  entries,
  host,
  ip,
  mac,
  machineMac,
  node,
  nodeMac,
  site,
  snapshotOf,
  strangeMac,
} from './vo-site.ts'

const now: Stamp = { wallMs: 1_800_000_000_000, monotonicMs: 1, bootId: 'boot' }

function bookOf(...leases: readonly (readonly [string, string])[]): LeaseBook {
  const book = createLeaseBook()
  for (const [address, holder] of leases) keep(book, address, mac(holder))
  return book
}

function keep(book: LeaseBook, address: string, holder: Mac): void {
  const about = { port: 'interface cvx1', since: now, seconds: 600 }
  const lease = { ...about, address: ip(address), mac: holder, state: 'bound' } as const
  book.apply([{ kind: 'keep', lease: { ...lease, source: 'directory' } }])
}

function endedBy(deltas: readonly Delta[], book: LeaseBook, before: Snapshot = site): string[] {
  const after = applyDeltas(before, deltas)
  const message: FeedMessage = { kind: 'delta', number: after.number, serial: 1, deltas }
  return leasesEnded(message, { before, after, isWhole: false }, book, now).map((change) =>
    change.kind === 'drop' ? formatIp4(change.address) : 'kept',
  )
}

const book = bookOf(['10.133.0.2', nodeMac], ['10.77.0.11', machineMac])

for (const [sentence, deltas, ended] of [
  ['the lease of a node goes with its entry', [{ kind: 'drop', id: node.id }], ['10.133.0.2']],
  [
    'and when its entry is set aside',
    [{ kind: 'set-aside', item: { id: node.id, dn: node.dn, reason: 'a conflict' } }],
    ['10.133.0.2'],
  ],
  [
    'and when it gets another address',
    [{ kind: 'put', entry: { ...node, nics: movedNics('10.133.0.77') } }],
    ['10.133.0.2'],
  ],
  ['it stays when the entry changes otherwise', [put({ ...node, tags: ['new'] })], []],
  ['it stays when another node goes', [{ kind: 'drop', id: chemNode.id }], []],
  ['the lease of a machine outlives its entry', [{ kind: 'drop', id: host.id }], []],
] as const satisfies readonly (readonly [string, readonly Delta[], readonly string[]])[]) {
  test(sentence, () => assert.deepEqual(endedBy(deltas, book), ended))
}

function put(entry: typeof node): Delta & { readonly kind: 'put' } {
  return { kind: 'put', entry }
}

function movedNics(address: string) {
  return node.nics.map((nic) => ({ ...nic, address: ip(address) }))
}

test('a lease that a stranger holds at the address is not ended by the entry that goes', () => {
  assert.deepEqual(endedBy([{ kind: 'drop', id: node.id }], bookOf(['10.133.0.2', strangeMac])), [])
})

test('after a reset, leases on VO networks whose cards nobody describes are ended, and no others', () => {
  const held = bookOf(
    ['10.133.0.2', nodeMac],
    ['10.133.0.9', strangeMac],
    ['10.77.0.201', strangeMac],
  )
  const after = snapshotOf(entries)
  const message: FeedMessage = { kind: 'delta', number: 1, serial: 1, deltas: [] }
  const ended = leasesEnded(message, { before: undefined, after, isWhole: true }, held, now)
  assert.deepEqual(ended, [{ kind: 'drop', address: ip('10.133.0.9') }])
})
