// Why this file exists: a host is ready when we have used it: libvirt answered us over TLS and the image store is
// mounted there. Its own word for it would not do.
import type { Ip4 } from '#directory'
import type { Phase } from './phase.table.ts'

export interface HostFacts {
  readonly libvirtVersion: string
  readonly hostname: string
  readonly cpus: number
  readonly memoryMiB: number
  readonly kvm: boolean
}

export interface LibvirtSession {
  readonly facts: HostFacts
  /** Resolves with the reason when the connection is over. */
  readonly over: Promise<string>
  close(): void
}

/** How a host is reached; core builds it of libvirt, ssh and sockets. */
export interface HostReach {
  portIsOpen(address: Ip4): Promise<boolean>
  /** Rejects with the reason. */
  connect(address: Ip4, machineId: string): Promise<LibvirtSession>
  /** What is mounted, or why not. */
  imageStore(
    address: Ip4,
    machineId: string,
  ): Promise<{ ok: true; detail: string } | { ok: false; reason: string }>
}

export interface ProbeTarget {
  readonly machineId: string
  readonly address: Ip4
}

export interface ProbeReport {
  reached(phase: Phase, detail: string): void
  note(line: string): void
  ready(session: LibvirtSession): void
}

export interface ProbeTools {
  readonly reach: HostReach
  /** Resolves after the pause, or rejects when the signal is given. */
  readonly pause: (milliseconds: number) => Promise<void>
}

export const probePauseMs = 500
/** About ten minutes of tries; the life's own deadline ends it sooner with a better reason. */
const triesMax = 1200

/** Runs until ready, or until `signal` says that the boot is over. */
export async function probeHost(
  target: ProbeTarget,
  tools: ProbeTools,
  report: ProbeReport,
  signal: AbortSignal,
): Promise<void> {
  const { reach } = tools
  const retry = <T>(attempt: () => Promise<T | undefined>): Promise<T | undefined> =>
    retried(attempt, tools, report, signal)

  const open = await retry(async () => (await reach.portIsOpen(target.address)) || undefined)
  if (open === undefined) return
  report.reached('libvirt-port', 'TCP 16514 is open')

  const session = await retry(() => reach.connect(target.address, target.machineId))
  if (session === undefined) return
  const { facts } = session
  report.reached(
    'libvirt-answer',
    `libvirt ${facts.libvirtVersion} on ${facts.hostname}: ${facts.cpus} CPUs, ${facts.memoryMiB} MiB, ${facts.kvm ? 'with' : 'without'} KVM`,
  )

  const mounted = await retry(async () => {
    const answer = await reach.imageStore(target.address, target.machineId)
    if (!answer.ok) throw new Error(answer.reason)
    return answer.detail
  })
  if (mounted === undefined) return session.close()
  report.reached('nfs', mounted)
  report.reached('ready', 'libvirt answers over TLS and the image store is mounted')
  report.ready(session)
}

async function retried<T>(
  attempt: () => Promise<T | undefined>,
  tools: ProbeTools,
  report: ProbeReport,
  signal: AbortSignal,
): Promise<T | undefined> {
  let lastReason = ''
  for (let tries = 0; tries < triesMax && !signal.aborted; tries += 1) {
    try {
      const result = await attempt()
      if (result !== undefined) return signal.aborted ? undefined : result
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      // The same refusal twice a second would push everything else out of the trail.
      if (reason !== lastReason) report.note(reason)
      lastReason = reason
    }
    await tools.pause(probePauseMs)
  }
  return undefined
}
