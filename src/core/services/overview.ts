// Why this file exists: how the appliance is, for people (status), for load balancers (ready) and for Prometheus (metrics).
import type { Services, StatusView } from '#api'
import type { ServiceContext } from './context.ts'
import { directoryFigures, directoryView } from './directory-view.ts'
import { type AskWire, explain } from './explain.ts'
import { leaseServices } from './leases.ts'
import { LintKeeper } from './lint-keeper.ts'
import { machinesOf } from './machines.ts'
import { metricsText } from './metrics.ts'
import { lintViews } from './views.ts'
import { whatIfEntries, whatIfPackets } from './whatif.ts'
import { audited } from './context.ts'

export interface WireState {
  readonly connected: boolean
  /** The snapshot that wire said it serves. */
  readonly serving: number
  /** By name, as `dns answered`. */
  readonly counters: Readonly<Record<string, number>>
  /** Rejects with the Faults of `CoreEnd.ask`. */
  readonly ask: AskWire
}

type Overview = Pick<
  Services,
  'directory' | 'explain' | 'whatIf' | 'status' | 'ready' | 'metrics' | 'events' | 'leases'
>

export function overviewServices(
  context: ServiceContext,
  wire: WireState,
  version: string,
): Overview {
  const status = (): StatusView => statusView(context, wire, version)
  const lint = new LintKeeper(context)
  const ask: AskWire = (question) => wire.ask(question)
  return {
    leases: leaseServices(context, ask),
    directory: {
      lint: () => lintViews(lint.current(), context.notes()),
      held: () => context.sync.state.held.map(({ dn }) => ({ dn })),
      decideHeld(accept, caller) {
        const change = { caller, action: `directory ${accept}`, target: 'held removals' }
        return audited(context, change, () => {
          if (accept === 'accept') context.sync.acceptHeld()
          else context.sync.rejectHeld()
          return Promise.resolve()
        })
      },
    },
    explain: (subject) => explain(subject, context, ask),
    whatIf: {
      entries: (request) => whatIfEntries(request, { context, ask, lint }),
      packets: (request) => whatIfPackets(request, ask),
    },
    status,
    ready() {
      const { kind } = context.sync.state
      if (kind === 'starting') return { ready: false, why: 'the directory was not read yet' }
      if (!wire.connected) return { ready: false, why: 'wire is away' }
      return { ready: true, why: 'the directory is known and wire answers from it' }
    },
    metrics: () =>
      metricsText(status(), {
        directory: directoryFigures(context.sync.state, context.now()),
        wire: wire.counters,
        writes: context.writes(),
      }),
    events: (listener, signal) => context.events.listen(listener, signal),
  }
}

function statusView(context: ServiceContext, wire: WireState, version: string): StatusView {
  const { sync, hosts, now } = context
  const snapshot = context.snapshot()
  const byState = Object.groupBy(machinesOf(snapshot), ({ id }) => hosts.life(id).state)
  return {
    version,
    domain: snapshot.domain,
    snapshot: snapshot.number,
    wire: { connected: wire.connected, serving: wire.serving },
    directory: directoryView(sync.state, now(), context.roomTrouble()),
    otherDhcpServers: context.sightings.otherServers(),
    counts: {
      entries: sync.state.rawEntries,
      networks: snapshot.networks.length,
      machines: machinesOf(snapshot).length,
      'set-aside': snapshot.setAside.size,
      waiting: context.sightings.waiting().length,
      ...Object.fromEntries(
        Object.entries(byState).map(([name, list]) => [name, list?.length ?? 0]),
      ),
    },
  }
}
