// Why this file exists: what core writes comes back by its own feed; here both are real, and only the LDAP server is one
// in memory, or slapd.
import type { TestContext } from 'node:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MachineOrders, OrderManner, OrderWatch } from '#api'
import { emptySnapshot, formatIp4, parseDnsName, parseIp4 } from '#directory'
import { DirectorySync, systemClock } from '#ldap-sync'
import { AddressGiver } from '../../src/core/addresses.ts'
import { DirectoryKeeper } from '../../src/core/directory-keeper.ts'
import { networkServices } from '../../src/core/services/networks.ts'
import { orderMachines } from '../../src/core/services/machine-orders.ts'
import { Bench, type Provider } from '../ldap-sync/bench.ts'
import { known, openHouse } from './house.ts'

export const caller = { name: 'local socket', role: 'admin' } as const
const watch: OrderWatch = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
}

export async function openLiveDirectory(t: TestContext, provider: Provider) {
  let end = (): Promise<void> => provider.stop()
  // Before the house's own: its store is written to until the end.
  t.after(() => end())
  const house = await openHouse(t)
  const folder = mkdtempSync(join(tmpdir(), 'cpc-live-'))
  const bench = new Bench(provider, 'site')
  await bench.prepare()
  const { base } = bench
  const domain = known(parseDnsName('cluster.test'))
  const directory = new DirectoryKeeper({
    empty: emptySnapshot(domain),
    store: house.store,
    now: house.now,
    send: () => undefined,
    onChange: (deltas) => addresses.take(deltas),
    onTrouble: () => undefined,
    boot: { enrolPort: 8443, caFingerprint: '', caPem: '' },
  })
  const live = Promise.withResolvers<void>()
  const { url, bindDn, secretFile, connect } = provider
  const settings = { url, bindDn, secretFile, base, domain, copyFile: join(folder, 'copy') }
  const sync = new DirectorySync(
    settings,
    { clock: systemClock, connect, random: () => 0 },
    {
      changes: (batch) => directory.take(batch),
      part: (batch) => directory.takePart(batch),
      brokenOff: () => directory.dropParts(),
      state: ({ kind }) => kind === 'live' && live.resolve(),
      copied: () => () => undefined,
    },
  )
  const applianceAddresses = [known(parseIp4('10.77.0.2'))]
  const addresses = new AddressGiver({
    ...house,
    directory,
    sync,
    applianceAddresses,
    readOnly: false,
  })
  end = async () => {
    await sync.close()
    directory[Symbol.dispose]()
    await bench.close()
    await provider.stop()
    rmSync(folder, { recursive: true })
  }
  await sync.start()
  await live.promise
  const snapshot = () => directory.snapshot
  const carried = new Map<string, readonly string[]>()
  const clustersOn = (host: string): readonly string[] => carried.get(host) ?? []
  const parts = { ...house, directory, sync, addresses, snapshot, applianceAddresses }
  const context = { ...parts, clustersOn }
  const order = (orders: MachineOrders & OrderManner, told: OrderWatch = watch) =>
    orderMachines(orders, caller, context, told)
  return { ...context, carried, bench, base, addressOf, order, networks: networkServices(context) }

  function addressOf(name: string): string {
    const address = snapshot().byName.get(known(parseDnsName(name)))?.device.nics[0]?.address
    return address === undefined ? '-' : formatIp4(address)
  }
}
