// Why this file exists: a process that stores leases and says which are acknowledged, until somebody kills it.
import { WireStore } from '#store'
import { keep } from '../lease.ts'

const [path = ''] = process.argv.slice(2)
const store = await WireStore.open({ path, now: Date.now, onAlarm: () => undefined })
const leasesMax = 60_000

async function write(n: number): Promise<void> {
  await store.leases.append(keep(n))
  process.stdout.write(`${n}\n`)
}

for (let first = 1; first < leasesMax; first += 50) {
  await Promise.all(Array.from({ length: 50 }, (_, index) => write(first + index)))
}
