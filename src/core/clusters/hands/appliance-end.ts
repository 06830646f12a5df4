// Why this file exists: the appliance is an end of every VO's network that has nodes. The end lives in a namespace of its
// own, made here; wire opens its sockets there when it is told to.
import type { Ip4, Subnet } from '#directory'
import { Fault } from '#fault'
import {
  applianceEndCommands,
  applianceEndRemoval,
  type Command,
  forgetPeers,
  namespaceName,
  type ObservedTunnel,
  readTunnels,
  type TunnelEnd,
  tunnelQuestions,
  vxlanName,
} from '#vocluster'
import { endsFound } from '../../tenant-ends.ts'
import type { HandLimits } from './limits.ts'
import { obey, type RunProgram, type Runner } from './program.ts'
import { givenUp } from './trouble.ts'
import { untilTrue } from './waiting.ts'

/** Who is told that DHCP and DNS have a namespace more, or less. */
export interface Tenants {
  /** Also when it was made anew. */
  put(vni: number): void
  remove(vni: number): void
}

export interface ApplianceEnds {
  readonly run: RunProgram
  readonly tenants: Tenants
  readonly limits: HandLimits
}

export async function joinHere(
  end: TunnelEnd,
  subnet: Subnet,
  { run, tenants, limits }: ApplianceEnds,
  signal: AbortSignal,
): Promise<void> {
  const here = runnerOf(run, signal)
  const [seen] = await endsIn(end.vni, here)
  const isDead = seen === undefined && (await isDeadNamespace(end.vni, here))
  const moved = seen?.local !== undefined && seen.local !== end.local
  if (isDead || moved) await removeEnd(end.vni, here)
  await make(applianceEndCommands(end, subnet), here, limits)
  tenants.put(end.vni)
}

const stillThere = 'VXLAN device with the specified VNI already exists'

/** The kernel takes a namespace down after whoever deleted it has gone on, and its tunnel with it. */
async function make(
  commands: readonly Command[],
  here: Runner,
  { teardownMs: forMs, pauseMs }: HandLimits,
): Promise<void> {
  let trouble: Fault | undefined
  const isMade = async (): Promise<boolean> => {
    try {
      await obey(commands, here)
      return true
    } catch (error) {
      if (!(error instanceof Fault && error.text.why.includes(stillThere))) throw error
      trouble = error
      return false
    }
  }
  const { signal } = here
  if (await untilTrue(isMade, { forMs, pauseMs, signal })) return
  throw trouble ?? givenUp('a network end')
}

/** The tunnel first: it goes at once, and frees its number for the next. */
async function removeEnd(vni: number, here: Runner): Promise<void> {
  const inside = ['-n', namespaceName(vni)] as const
  await here.run(['ip', ...inside, 'link', 'delete', vxlanName(vni)], here.signal)
  await obey(applianceEndRemoval(vni), here)
}

export async function leaveHere(
  vni: number,
  { run, tenants }: ApplianceEnds,
  signal: AbortSignal,
): Promise<void> {
  tenants.remove(vni)
  await removeEnd(vni, runnerOf(run, signal))
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
  const ends = endsFound().map(async (vni) => {
    const [seen] = await endsIn(vni, here)
    return seen ?? { vni, local: undefined, peers: [] }
  })
  return Promise.all(ends)
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
