// Why this file exists: who holds which address is known by wire, which gives them out; core adds whose card it is, and lets
// nobody take an address back without a record of it.
import type { Caller, LeaseView, Page, PageQuery, Services } from '#api'
import { formatIp4, type Ip4, ip4, parseIp4, type Snapshot } from '#directory'
import { Fault } from '#fault'
import { type ToldLease, toldLeasesMax } from '#feed'
import { audited, type ServiceContext } from './context.ts'
import type { AskWire } from './explain.ts'
import { readAddress, readMac } from './reading.ts'

type LeaseContext = Pick<ServiceContext, 'snapshot' | 'store' | 'events' | 'now'>

export function leaseServices(context: LeaseContext, ask: AskWire): Services['leases'] {
  return {
    page: (query) => pageOfLeases(query, context, ask),
    async show(address) {
      const lease = await leaseOf(readAddress(address), ask)
      if (lease === undefined) throw noLease(address)
      return leaseView(lease, context.snapshot())
    },
    release: (address, mac, caller) => release({ address, mac, caller }, context, ask),
  }
}

async function pageOfLeases(
  { limit, after }: PageQuery,
  { snapshot }: LeaseContext,
  ask: AskWire,
): Promise<Page<LeaseView>> {
  const last = after === undefined ? undefined : readPlace(after)
  const from = last === undefined ? {} : { after: last }
  const most = Math.min(limit, toldLeasesMax)
  const { leases, hasMore } = await ask({ kind: 'leases', most, ...from })
  const items = leases.map((lease) => leaseView(lease, snapshot()))
  const end = items.at(-1)
  return hasMore && end ? { items, next: placeOf(end) } : { items }
}

async function leaseOf(address: Ip4, ask: AskWire): Promise<ToldLease | undefined> {
  const before = address === 0 ? {} : { after: ip4(address - 1) }
  const { leases } = await ask({ kind: 'leases', most: 1, ...before })
  return leases.find((lease) => lease.address === address)
}

interface Release {
  readonly address: string
  /** Whose it is expected to be. */
  readonly mac: string | undefined
  readonly caller: Caller
}

async function release(
  { address: text, mac: macText, caller }: Release,
  context: LeaseContext,
  ask: AskWire,
): Promise<void> {
  const address = readAddress(text)
  const expected = macText === undefined ? {} : { mac: readMac(macText) }
  const before = await leaseOf(address, ask)
  const change = { caller, action: 'lease release', target: formatIp4(address) }
  await audited(
    context,
    before === undefined ? change : { ...change, before: leaseView(before, context.snapshot()) },
    async () => {
      const { outcome, lease } = await ask({ kind: 'release', address, ...expected })
      if (outcome === 'nobody') throw noLease(text)
      if (outcome === 'other') throw ofAnother(text, lease)
      if (outcome === 'unrecorded') throw notRecorded(text)
    },
  )
}

function leaseView(lease: ToldLease, snapshot: Snapshot): LeaseView {
  const { address, mac, state, source, since, ends } = lease
  const device = snapshot.byMac.get(mac)?.device
  return {
    address: formatIp4(address),
    mac,
    ...(device && { machine: device.name }),
    state,
    source,
    since: new Date(since).toISOString(),
    ends: new Date(ends).toISOString(),
  }
}

function placeOf({ address }: LeaseView): string {
  return Buffer.from(address).toString('base64url')
}

function readPlace(text: string): Ip4 {
  const address = parseIp4(Buffer.from(text, 'base64url').toString('latin1'))
  if (address !== undefined) return address
  throw new Fault('CPC-HOST-003', {
    what: 'this is no place in the list of leases',
    where: 'the request, after',
    why: 'it is not what a page before it gave as its next',
    todo: 'leave it out to begin with the first page',
  })
}

function noLease(address: string): Fault {
  return new Fault('CPC-DHCP-012', {
    what: `nobody holds ${address}`,
    where: 'the leases, as they are on the wire now',
    why: 'it was given to nobody, or its lease has ended',
    todo: `coppice lease list shows who holds which; coppice explain ${address} tells who would get it`,
  })
}

function ofAnother(address: string, lease: ToldLease | undefined): Fault {
  return new Fault('CPC-DHCP-013', {
    what: `${address} was not released`,
    where: 'the leases, as they are on the wire now',
    why: lease ? `${lease.mac} holds it by now` : 'it is being offered to another card',
    todo: `look at it again: coppice lease show ${address}`,
  })
}

function notRecorded(address: string): Fault {
  return new Fault('CPC-DHCP-006', {
    what: `${address} is released, but only until wire starts again`,
    where: 'wire.db in the data folder',
    why: 'the disk took no record of it',
    todo: 'make room in the data folder and release it once more',
  })
}
