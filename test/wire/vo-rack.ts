// Why this file exists: two VO networks with a node each, our ends of them served, and a client that asks whatever it
// likes: what tests of tenants begin with, and take away again.
import assert from 'node:assert/strict'
import { needs, needsRoot } from '../needs.ts'
import { type as t } from '../pxe/dhcp-lab.ts'
import { openRawClient, type RawClient } from './raw-client.ts'
import {
  type End,
  eth,
  inNamespace,
  ip,
  isThere,
  namespaceOf,
  raise,
  run,
  type Running,
  startTenants,
} from './vo-end.ts'
import { chemMac, chemVni, nodeMac, physicsVni } from './vo-site.ts'

export const possible = {
  timeout: 30_000,
  ...needsRoot(),
  ...needs('iproute2', ip),
  ...needs('bind9-dnsutils', '/usr/bin/dig'),
  ...needs('busybox-static', '/bin/busybox'),
}
export const physics: End = {
  vni: physicsVni,
  address: '10.133.0.1/20',
  node: `cvtp-${process.pid}`,
  mac: nodeMac,
}
export const chem: End = {
  vni: chemVni,
  address: '10.133.16.1/20',
  node: `cvtc-${process.pid}`,
  mac: chemMac,
}
const ends = [physics, chem]
export const both = [physicsVni, chemVni]
export const ours = '10.133.0.1'

export interface VoRack {
  readonly running: Running
  readonly raw: () => RawClient
  /** No transaction of a test is taken for one of another. */
  readonly nextTransaction: () => number
  /** Lets go of the node's device. */
  readonly closeClient: () => Promise<void>
  /** From the message to the first answer on physics' network, in milliseconds. */
  readonly askAnew: () => Promise<number>
  /** The same after its end was made anew. */
  readonly serveAnew: () => Promise<number>
  readonly takeDown: () => Promise<void>
}

export async function raiseRack(): Promise<VoRack> {
  const running = startTenants()
  let transactions = 100
  let client: RawClient | undefined
  const nextTransaction = (): number => (transactions += 10)
  const raw = (): RawClient => {
    assert.ok(client)
    return client
  }
  if (possible.skip === undefined) {
    for (const end of ends) {
      run('netns', 'add', end.node)
      raise(end)
    }
    await running.tenants.want(both)
    client = await openRawClient(physics.node)
  }
  const askAnew = async (): Promise<number> => {
    client = await openRawClient(physics.node)
    const startedMs = performance.now()
    await running.tenants.want(both)
    const xid = nextTransaction()
    raw().send({ mac: nodeMac, xid, type: t.discover })
    await raw().answer(xid)
    return performance.now() - startedMs
  }
  return {
    running,
    raw,
    nextTransaction,
    async closeClient() {
      await client?.close()
      client = undefined
    },
    serveAnew() {
      raise(physics)
      return askAnew()
    },
    askAnew,
    async takeDown() {
      await client?.close()
      await running.tenants.close()
      if (possible.skip === undefined) removeNamespaces()
    },
  }
}

function removeNamespaces(): void {
  for (const end of ends)
    for (const name of [namespaceOf(end), end.node]) if (isThere(name)) run('netns', 'delete', name)
}

export function dig(end: End, ...words: readonly string[]): Promise<string> {
  const server = end.address.split('/')[0] ?? ''
  const args = ['dig', '-r', `@${server}`, '+tries=1', '+time=3', ...words]
  return inNamespace(end.node, ...args)
}

/** As the client's own script would do it with what the lease said. */
export function configure(end: End, address: string): void {
  run('-n', end.node, 'address', 'replace', `${address}/20`, 'dev', eth)
}
