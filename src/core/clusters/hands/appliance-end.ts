// Why this file exists: the appliance is an end of every VO's network that has nodes. The end lives in a namespace of its
// own, made here; wire opens its sockets there when it is told to.
import { readdir } from 'node:fs/promises'
import type { Ip4, Subnet } from '#directory'
import {
  applianceEndCommands,
  applianceEndRemoval,
  forgetPeers,
  namespaceName,
  type ObservedTunnel,
  readTunnels,
  type TunnelEnd,
  tunnelQuestions,
} from '#vocluster'
import { obey, type RunProgram, type Runner } from './program.ts'

/** Who is told that DHCP and DNS have a namespace more, or less. */
export interface Tenants {
  /** Also when it was made anew. */
  put(vni: number): void
  remove(vni: number): void
}

export interface ApplianceEnds {
  readonly run: RunProgram
  readonly tenants: Tenants
}

const namespacesFolder = '/run/netns'

export async function joinHere(
  end: TunnelEnd,
  subnet: Subnet,
  { run, tenants }: ApplianceEnds,
  signal: AbortSignal,
): Promise<void> {
  const here = runnerOf(run, signal)
  const [seen] = await endsIn(end.vni, here)
  const isDead = seen === undefined && (await isDeadNamespace(end.vni, here))
  const moved = seen?.local !== undefined && seen.local !== end.local
  if (isDead || moved) await obey(applianceEndRemoval(end.vni), here)
  await obey(applianceEndCommands(end, subnet), here)
  tenants.put(end.vni)
}

export async function leaveHere(
  vni: number,
  { run, tenants }: ApplianceEnds,
  signal: AbortSignal,
): Promise<void> {
  tenants.remove(vni)
  await obey(applianceEndRemoval(vni), runnerOf(run, signal))
}

export async function forgetHere(
  vni: number,
  peers: readonly Ip4[],
  run: RunProgram,
  signal: AbortSignal,
): Promise<void> {
  await obey(forgetPeers(vni, peers, 'appliance'), runnerOf(run, signal))
}

/** Every end that the appliance has. A namespace that was left half made is one without an address. */
export async function seeHere(
  run: RunProgram,
  signal: AbortSignal,
): Promise<readonly ObservedTunnel[]> {
  const here = runnerOf(run, signal)
  const ends = (await ownNamespaces()).map(async (vni) => {
    const [seen] = await endsIn(vni, here)
    return seen ?? { vni, local: undefined, peers: [] }
  })
  return Promise.all(ends)
}

async function ownNamespaces(): Promise<readonly number[]> {
  const names = await readdir(namespacesFolder).catch(() => [])
  return names.flatMap((name) => {
    const digits = /^cvo([1-9]\d{0,7})$/.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
}

/** None, when there is no such namespace, or nothing in it. */
async function endsIn(vni: number, { run, signal }: Runner): Promise<readonly ObservedTunnel[]> {
  const { links, entries } = tunnelQuestions(vni)
  const found = await run(links.argv, signal)
  if (!found.ok) return []
  const { out } = await run(entries.argv, signal)
  return readTunnels(found.out, out).filter((seen) => seen.vni === vni)
}

/**
 * "ip netns add" pins a namespace by a mount. Where that mount is gone with the mount namespace it was made in, an empty
 * file is left, which "add" takes for the namespace.
 */
async function isDeadNamespace(vni: number, { run, signal }: Runner): Promise<boolean> {
  const asked = await run(['ip', '-n', namespaceName(vni), 'link', 'show', 'dev', 'lo'], signal)
  return !asked.ok && asked.err.includes('Invalid argument')
}

function runnerOf(run: RunProgram, signal: AbortSignal): Runner {
  return { where: 'the appliance', run, signal }
}
