// Why this file exists: a log that says a line for each of thousands of orders hides the one that somebody needs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ip4, parseDnsName, parseMac } from '#directory'
import { machineOrder } from '#ldap-sync'
import { needs } from '../needs.ts'
import { Bench, known } from './bench.ts'
import { embedded } from './providers.ts'

const machines = 200
/** An answer may leave slapd a moment before the thread that made it is free. */
const linesMax = machines / 20

test(
  'hundreds of orders one by one leave no line each in the log of slapd',
  needs('slapd', '/usr/sbin/slapd'),
  async (t) => {
    const said: string[] = []
    const provider = await embedded({ hear: (text) => said.push(text) })
    t.after(() => provider.stop())
    const bench = new Bench(provider, 'quiet')
    t.after(() => bench.close())
    await bench.prepare()
    const { sync } = await bench.live()
    const orders = Array.from({ length: machines }, (_, at) =>
      machineOrder(bench.base, known(parseDnsName(`n${at}`)), {
        macs: [known(parseMac(`0200${at.toString(16).padStart(8, '0')}`))],
        address: ip4(0x0a_00_00_00 + at),
      }),
    )
    const outcomes = await sync.writer.carryOut(orders)
    assert.ok(outcomes.every(({ kind }) => kind === 'done'))
    const log = said.join('')
    assert.match(log, /slapd starting/)
    const putOff = log.split('\n').filter((line) => line.includes('deferring'))
    assert.ok(putOff.length <= linesMax, `${putOff.length} lines`)
  },
)
