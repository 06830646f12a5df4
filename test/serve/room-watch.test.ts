// Why this file exists: a person who reads the log must learn of a full disk once, in time, and of its end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomOn, roomTrouble, watchRoom } from '../../src/serve/room-watch.ts'

const mib = 1024 ** 2
const gib = 1024 * mib

for (const [freeBytes, sizeBytes, room] of [
  [100 * gib, 200 * gib, 'enough'],
  [300 * mib, 200 * gib, 'enough'],
  [200 * mib, 200 * gib, 'short'],
  [9 * mib, 48 * mib, 'enough'],
  [4 * mib, 48 * mib, 'short'],
  [mib - 1, 48 * mib, 'none'],
  [0, 200 * gib, 'none'],
] as const) {
  test(`${freeBytes / mib} MiB of ${sizeBytes / mib} are ${room}`, () => {
    assert.equal(roomOn({ freeBytes, sizeBytes }), room)
  })
}

test('status is told of a disk that is full or nearly so, with a code, and of no other', () => {
  const on = (free: number) =>
    roomTrouble('/data', () => ({ freeBytes: free * mib, sizeBytes: 200 * gib }))
  assert.equal(on(300), undefined)
  for (const [free, words] of [
    [200, /CPC-SRV-005 the disk is nearly full: 200\.0 MiB are free$/],
    [0.5, /CPC-SRV-005 the disk is full: 0\.5 MiB are free, and changes are refused$/],
  ] as const)
    assert.match(on(free)?.message ?? '', words)
})

test('each change of room is said once', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const free = [40, 40, 4, 4, 0, 0, 30, 30]
  const lines: string[] = []
  const look = () => ({ freeBytes: (free.shift() ?? 30) * mib, sizeBytes: 48 * mib })
  const watch = watchRoom('/data', (line) => lines.push(line), look)
  for (let seconds = 0; seconds < 20; seconds += 1) t.mock.timers.tick(1_000)
  watch[Symbol.dispose]()
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['warning', 'alarm', 'there is room on the disk again'],
  )
})
