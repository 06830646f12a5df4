// Why this file exists: servers die and come back; what happened meanwhile is told once, and nothing else.
import assert from 'node:assert/strict'
import { parseIp4 } from '#directory'
import { LdapRefusal } from '#ldap-sync'
import { eventually } from '../../eventually.ts'
import { known } from '../bench.ts'
import type { Promising } from './battery.ts'

const address = (text: string) => known(parseIp4(text))

/** The hand that writes notices a broken connection only when it is used. */
async function isWritten(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing
    return true
  } catch (error) {
    return error instanceof LdapRefusal && error.resultCode === entryAlreadyExists
  }
}

const entryAlreadyExists = 68

export function interrupted(promise: Promising, interrupt: () => Promise<void>): void {
  promise('HOSTILE 38: what changed while the server was away is told on return', async (bench) => {
    const [kept, removed] = [await bench.machine('n001', 1), await bench.machine('n002', 2)]
    const watched = await bench.live()
    const before = watched.batches.length
    await interrupt()
    await watched.until('it is noticed', () => watched.state?.kind === 'away')
    await bench.change(kept, 'replace', { ipHostNumber: '10.77.0.50' })
    await (await bench.client()).delete(removed)
    await bench.machine('n003', 3)
    await watched.until('all three changes are there', () => {
      const names = watched.machines.map((machine) => machine.name).toSorted()
      const moved = watched.machine('n001')?.nics[0]?.address === address('10.77.0.50')
      return moved && names.join() === 'n001,n003'
    })
    assert.ok(watched.batches.length > before)
  })

  promise(
    'a server that is killed in the middle of changes is followed to the last of them',
    async (bench) => {
      const watched = await bench.live()
      for (let at = 1; at <= 30; at += 1) {
        if (at % 10 === 0) await interrupt()
        await eventually('it is written', () => isWritten(bench.machine(`n${at}`, at)))
      }
      await watched.until('all are there', () => watched.machines.length === 30)
      assert.equal(watched.batches.flat().filter((change) => change.kind === 'gone').length, 0)
    },
  )

  promise('a restart goes on from the copy, and tells only what is new', async (bench) => {
    await bench.machine('n001', 1)
    const first = await bench.live()
    await first.sync.close()
    await bench.machine('n002', 2)
    const second = bench.watch()
    await second.sync.start()
    assert.deepEqual(
      second.machines.map((machine) => machine.name),
      ['n001'],
    )
    assert.ok(known(second.state).heardAt !== undefined)
    await second.until('the new one is there', () => second.machine('n002') !== undefined)
    const told = second.batches.slice(1).flat()
    assert.equal(told.length, 1)
  })
}
