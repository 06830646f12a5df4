// Why this file exists: HOSTILE 32: whenever the process is killed, what clients were told stands on the disk, and the next
// process gives none of it to anybody else. With the real store, and a real SIGKILL.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { formatIp4 } from '#directory'
import { WireStore } from '#store'

const program = join(import.meta.dirname, 'programs/lease-until-killed.ts')

/** Address to card, as clients believe it; addresses that were given back may have gone to others. */
class Promised {
  readonly holders = new Map<string, string>()
  readonly releasing = new Set<string>()

  standing(): readonly (readonly [string, string])[] {
    return [...this.holders].filter(([address]) => !this.releasing.has(address))
  }

  hear(line: string): void {
    const [what = '', card = '', address = ''] = line.split(' ')
    if (what === 'release') this.releasing.add(address)
    if (what !== 'ack') return
    const before = this.holders.get(address)
    if (!this.releasing.has(address))
      assert.ok(before === undefined || before === card, `${address} of ${before} went to ${card}`)
    this.releasing.delete(address)
    this.holders.set(address, card)
  }
}

/** Runs until so many acknowledgements were heard; all that was written before the kill is heard. */
async function runAndKill(path: string, crowd: string, acks: number, promised: Promised) {
  const child = spawn(process.execPath, [program, path, crowd], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let heard = 0
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    heard += 1
    promised.hear(line)
    if (heard === acks) child.kill('SIGKILL')
  })
  // Its words end a moment before it lets go of its files.
  await Promise.all([once(lines, 'close'), once(child, 'exit')])
  assert.ok(heard >= acks, `the crowd ended after ${heard} words`)
}

test('HOSTILE 32: kill -9 at any instant loses no acknowledged lease and gives no address twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-kill-'))
  const path = join(folder, 'wire.db')
  try {
    const promised = new Promised()
    for (const [crowd, acks] of [
      ['01', 7],
      ['02', 61],
      ['03', 233],
    ] as const) {
      await runAndKill(path, crowd, acks, promised)
      await using store = await WireStore.open({
        path,
        now: Date.now,
        // Of a write that was cut short nobody had been told.
        onAlarm: ({ code }) => assert.equal(code, 'CPC-STO-014'),
      })
      const leases = await store.leases.load()
      const kept = new Map(leases.map(({ address, mac }) => [formatIp4(address), mac]))
      for (const [address, card] of promised.standing())
        assert.equal(kept.get(address), card, address)
      assert.equal(kept.size, leases.length)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
