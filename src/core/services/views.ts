// Why this file exists: what people and programs see of a machine or a network, made of the snapshot and its life.
import type { LintView, MachineView, NetworkView, TimelineView } from '#api'
import {
  findingsOf,
  formatIp4,
  formatRoute,
  formatSubnet,
  joinName,
  type LintState,
  type Machine,
  type Network,
  type Snapshot,
} from '#directory'
import type { Life } from '#host'
import type { EntryNotes } from '../entry-notes.ts'

export function machineView(machine: Machine, life: Life, snapshot: Snapshot): MachineView {
  const [nic] = machine.nics
  const reason = life.failure?.reason ?? life.waitingFor
  return {
    name: machine.name,
    fqdn: joinName(machine.name, snapshot.domain) ?? machine.name,
    role: machine.role,
    state: life.state,
    ...(reason !== undefined && { reason }),
    ...(nic?.address !== undefined && { address: formatIp4(nic.address) }),
    macs: machine.nics.flatMap(({ macs }) => macs),
    ...(machine.uuid && { uuid: machine.uuid }),
    ...(machine.port !== undefined && { port: machine.port }),
    ...(machine.power !== undefined && { power: machine.power }),
    tags: machine.tags,
    boot: life.boot,
    dn: machine.dn,
  }
}

export function networkView(network: Network): NetworkView {
  return {
    name: network.name,
    subnet: formatSubnet(network),
    ...(network.gateway !== undefined && { gateway: formatIp4(network.gateway) }),
    ...(network.routes && { routes: network.routes.map(formatRoute) }),
    ...(network.pool && {
      pool: `${formatIp4(network.pool.first)}-${formatIp4(network.pool.last)}`,
    }),
    leaseSeconds: network.leaseSeconds,
    ...(network.vni !== undefined && { vni: network.vni }),
    dn: network.dn,
  }
}

export function timelineView(machine: Machine, life: Life): TimelineView {
  return {
    machine: machine.name,
    boot: life.boot,
    state: life.state,
    phases: life.marks.map(({ phase, at, detail }, index) => ({
      phase,
      at: new Date(at).toISOString(),
      sinceMs: at - (life.marks[index - 1]?.at ?? at),
      detail,
    })),
    ...(life.failure && {
      failure: {
        phase: life.failure.phase,
        reason: life.failure.reason,
        at: new Date(life.failure.at).toISOString(),
      },
    }),
    trail: life.trail,
  }
}

/** Of what mapping left out of an entry; all other codes are lint's own. */
const leftOutCode = 'CPC-DIR-040'

export function lintViews(state: LintState, left: Iterable<EntryNotes>): readonly LintView[] {
  const findings = [...findingsOf(state)].map(({ severity, dn, why, code }): LintView => ({
    severity: severity === 'error' ? 'set-aside' : 'warning',
    where: dn,
    reason: `${why} (${code})`,
  }))
  const leftOut = [...left].flatMap(({ dn, notes }) =>
    notes.map((note): LintView => {
      const reason = `${note} (${leftOutCode})`
      return { severity: 'warning', where: dn, reason }
    }),
  )
  return [...findings, ...leftOut]
}
