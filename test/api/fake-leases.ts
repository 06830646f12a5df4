// Why this file exists: two addresses that somebody holds, for tests of the API and of the command line.
import type { LeaseView, Services } from '#api'
import { Fault } from '#fault'
import { pageOfItems } from '../../src/api/page.ts'
import type { Order } from './fake-clusters.ts'

export function fakeLeases(orders: Order[]): Services['leases'] {
  const held: LeaseView[] = [
    {
      address: '10.1.0.1',
      mac: '52:54:00:00:00:01',
      machine: 'n001',
      state: 'bound',
      source: 'directory',
      since: '2026-01-31T12:00:00.000Z',
      ends: '2026-01-31T13:00:00.000Z',
    },
    {
      address: '10.1.200.7',
      mac: '52:54:00:00:00:31',
      state: 'quarantined',
      source: 'pool',
      since: '2026-01-31T12:00:00.000Z',
      ends: '2026-01-31T13:00:00.000Z',
    },
  ]
  const find = (address: string): LeaseView => {
    const lease = held.find((one) => one.address === address)
    if (lease !== undefined) return lease
    throw new Fault('CPC-DHCP-012', { what: 'a', where: 'b', why: 'c', todo: 'd' })
  }
  return {
    page: (query) => Promise.resolve(pageOfItems(held, ({ address }) => address, query)),
    show: async (address) => find(address),
    async release(address, mac, caller) {
      const lease = find(address)
      if (mac !== undefined && lease.mac !== mac)
        throw new Fault('CPC-DHCP-013', { what: 'a', where: 'b', why: 'c', todo: 'd' })
      held.splice(held.indexOf(lease), 1)
      orders.push({ what: `lease release ${address}`, caller: caller.name })
    },
  }
}
