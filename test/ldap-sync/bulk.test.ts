// Why this file exists: a large order is written into a copy that takes the place of the directory. Nobody may lose by
// that: not the one who ordered, not those who write meanwhile, not those who follow.
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { parseDnsName } from '#directory'
import { eventually } from '../eventually.ts'
import { known } from './bench.ts'
import {
  asked,
  copiesOf,
  failuresOf,
  macOf,
  many,
  numbered,
  plain,
  promisesOf,
  shows,
} from './bulk-scene.ts'
import { modify, search, slapdAndTools } from './ldap-tools.ts'

describe('a large order', slapdAndTools, () => {
  const { promise, provider } = promisesOf()

  promise('is done as a whole, shown, and taken back as a whole', async (here) => {
    const { watched, order } = here
    const copies = copiesOf(provider())
    const progress: number[] = []
    const orders = numbered(many, (number) => order(number))
    const outcomes = await watched.sync.writer.carryOut(orders, {
      ...asked,
      onDone: (n) => progress.push(n),
    })
    assert.deepEqual(failuresOf(outcomes), [])
    assert.equal(progress.at(-1), many)
    assert.equal(copiesOf(provider()), copies + 1)
    await shows(here, many)
    // It was exchanged, not lost.
    assert.deepEqual([...watched.kinds], ['live'])
    const removals = orders.map(({ dn }) => ({ kind: 'delete', dn }) as const)
    assert.deepEqual(failuresOf(await watched.sync.writer.carryOut(removals, asked)), [])
    await shows(here, 0)
    assert.equal(copiesOf(provider()), copies + 2)
  })

  promise('names those that are refused, doubles among them, and does the others', async (here) => {
    const { watched, order, bench } = here
    await bench.machine('there', 1, { macAddress: '02:00:00:00:00:ff' })
    const double = order(1, macOf(0xff))
    const twice = [order(2, macOf(0xee)), order(3, macOf(0xee))]
    const wrong = { kind: 'add', dn: `cn=x,${bench.base}`, attributes: [] } as const
    const orders = [double, ...twice, wrong, ...numbered(many, (number) => order(number + 3))]
    const outcomes = await watched.sync.writer.carryOut(orders, asked)
    const refused = failuresOf(outcomes)
    assert.equal(refused.length, 3)
    assert.ok(refused.some((each) => each.order === double))
    assert.ok(refused.some((each) => each.order === wrong))
    assert.ok(refused.some(({ order: each }) => twice.some((one) => one === each)))
    const names = await search(provider().server, 'admin', '(macAddress=02:00:00:00:00:ee)', '1.1')
    assert.equal(names.out.match(/^dn:/gm)?.length, 1)
    await shows(here, many + 2)
  })

  promise(
    'that is refused altogether leaves slapd running as it was',
    async ({ watched, order }) => {
      const copies = copiesOf(provider())
      await watched.sync.writer.carryOut([order(1)])
      const outcomes = await watched.sync.writer.carryOut(
        numbered(many, () => order(1)),
        asked,
      )
      assert.equal(failuresOf(outcomes).length, many)
      assert.equal(copiesOf(provider()), copies)
    },
  )

  promise('loses nothing that somebody else was answered meanwhile', async (here) => {
    const { watched, order, label } = here
    let over = false
    const answered: string[] = []
    const refusals = new Set<number>()
    const foreigner = (async () => {
      for (let count = 0; !over; count += 1) {
        const name = `${label}f${count}`
        const { status } = await modify(provider().server, 'admin', plain(provider(), name))
        if (status === 0) answered.push(name)
        else refusals.add(status)
      }
    })()
    await eventually('somebody writes', () => answered.length > 2)
    const orders = numbered(many, (number) => order(number))
    assert.deepEqual(failuresOf(await watched.sync.writer.carryOut(orders, asked)), [])
    const writtenBefore = answered.length
    await eventually('somebody writes again', () => answered.length > writtenBefore)
    over = true
    await foreigner
    const found = await search(provider().server, 'admin', `(cn=${label}f*)`, 'cn')
    const kept = new Set([...found.out.matchAll(/^cn: (\w+)$/gm)].map(([, name]) => name))
    assert.deepEqual(
      answered.filter((name) => !kept.has(name)),
      [],
    )
    // 53: unwilling to perform; 254 and 255: the connection was lost, or nobody listens for a moment.
    assert.deepEqual(
      [...refusals].filter((status) => ![53, 254, 255].includes(status)),
      [],
    )
    await shows(here, many)
  })

  promise(
    'lets others read, refuses their writes in words, and makes our own wait',
    async (here) => {
      const { watched, order, moments } = here
      const waiting: Promise<unknown>[] = []
      moments.push({
        async opened() {
          const refused = await modify(provider().server, 'admin', plain(provider(), 'nobody'))
          assert.equal(refused.status, 53)
          assert.match(refused.words, /operation restricted/)
          const read = await search(provider().server, 'reader', '-s', 'base')
          assert.match(read.out, /^dn: /)
          const name = known(parseDnsName('waited'))
          waiting.push(watched.sync.writer.addMachine(name, { macs: [macOf(0x77_0000)] }))
        },
      })
      const outcomes = await watched.sync.writer.carryOut(
        numbered(many, (number) => order(number)),
        asked,
      )
      assert.deepEqual(failuresOf(outcomes), [])
      await Promise.all(waiting)
      await shows(here, many + 1)
    },
  )
})
