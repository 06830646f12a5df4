// Why this file exists: what wire saw becomes what core knows: the boot of a machine, claims, and who waits to be
// described.
import type { OtherServerView, WaitingView } from '#api'
import { formatIp4, type Mac, type Machine, type Snapshot, type Vcn } from '#directory'
import type { AlarmSighting, DhcpSighting, ScriptSighting, Sighting } from '#feed'
import type { HostKeeper } from '#host'
import type { CoreStore } from '#store'
import { claimOf } from './enrolment.ts'
import type { EventHub } from './events.ts'

export const strangersMax = 4_096
const portsMax = 65_536
/** Whoever forges servers is seen in the first of them. */
export const serversMax = 32
const forgetClaimsMs = 48 * 3_600_000

export interface SightingParts {
  readonly store: CoreStore
  readonly hosts: HostKeeper
  readonly events: EventHub
  readonly snapshot: () => Snapshot
  readonly now: () => number
  /** A node of a cluster was seen: its timeline is kept elsewhere. */
  readonly onVcn: (vcn: Vcn, sighting: Sighting) => void
}

interface Stranger {
  readonly mac: Mac
  readonly first: DhcpSighting
  readonly last: DhcpSighting
}

export class Sightings {
  readonly #parts: SightingParts
  readonly #strangers = new Map<Mac, Stranger>()
  readonly #servers = new Map<string, AlarmSighting>()
  /** Where a relay last saw each card: evidence about who asks for a certificate. */
  readonly #ports = new Map<Mac, string>()

  constructor(parts: SightingParts) {
    this.#parts = parts
  }

  take(sighting: Sighting): void {
    const { hosts, events, onVcn } = this.#parts
    const device = this.#deviceOf(sighting.mac)
    if (sighting.kind === 'alarm') {
      this.#noteServer(sighting)
      events.tell(
        'alarm',
        device?.name ?? sighting.mac ?? 'wire',
        `${sighting.code} ${sighting.why}`,
      )
    }
    if (sighting.kind === 'dhcp') this.#remember(sighting, device)
    if (device?.kind === 'vcn') onVcn(device, sighting)
    if (device?.kind !== 'machine') return
    hosts.observe(device.id, { kind: 'sighting', sighting })
    if (sighting.kind === 'script') this.#claim(sighting, device)
  }

  /** Machines that nobody has described, and known ones whose identity is in doubt. */
  waiting(): readonly WaitingView[] {
    const { store, snapshot } = this.#parts
    const strangers = [...this.#strangers.values()].filter(({ mac }) => !snapshot().byMac.has(mac))
    const doubtful = store.approvals.pending().flatMap((approval) => {
      const entry = snapshot().entries.get(approval.machine)
      const [nic] = entry?.kind === 'machine' ? entry.nics : []
      const [mac] = nic?.macs ?? []
      if (entry?.kind !== 'machine' || mac === undefined) return []
      const seen = new Date(approval.raisedAt).toISOString()
      return [
        {
          mac,
          firstSeen: seen,
          lastSeen: seen,
          interfaceName: '',
          doubt: approval.evidence,
          machine: entry.name,
        },
      ]
    })
    return [...strangers.map(waitingView), ...doubtful]
  }

  /** Other DHCP servers that wire heard on our wires, the latest last. */
  otherServers(): readonly OtherServerView[] {
    return [...this.#servers.values()].map(({ at, address, mac, why }) => ({
      ...(address !== undefined && { address: formatIp4(address) }),
      ...(mac && { mac }),
      lastSeen: new Date(at).toISOString(),
      what: why,
    }))
  }

  #noteServer(alarm: AlarmSighting): void {
    if (alarm.code !== 'CPC-DHCP-001') return
    put(this.#servers, String(alarm.address ?? alarm.why), alarm, serversMax)
  }

  #deviceOf(mac: Mac | undefined): Machine | Vcn | undefined {
    return mac === undefined ? undefined : this.#parts.snapshot().byMac.get(mac)?.device
  }

  #remember(sighting: DhcpSighting, device: Machine | Vcn | undefined): void {
    const { mac, port } = sighting
    if (mac !== undefined && port !== undefined) put(this.#ports, mac, port, portsMax)
    if (mac === undefined || device !== undefined) return
    const known = this.#strangers.get(mac)
    if (known === undefined)
      this.#parts.events.tell('waiting', mac, 'a machine that nobody has described')
    put(
      this.#strangers,
      mac,
      { mac, first: known?.first ?? sighting, last: sighting },
      strangersMax,
    )
  }

  #claim(script: ScriptSighting, machine: Machine): void {
    const { claim, mac, address, at, uuid } = script
    const port = mac === undefined ? undefined : this.#ports.get(mac)
    if (claim === undefined || mac === undefined || address === undefined) return
    const { store, hosts, now } = this.#parts
    const { boot } = hosts.life(machine.id)
    store.claims.put(
      claimOf(
        { claim, mac, address, at, ...(uuid && { uuid }), ...(port !== undefined && { port }) },
        machine,
        boot,
      ),
    )
    store.claims.forget(now() - forgetClaimsMs)
  }
}

/** A Map remembers the order of putting; the oldest goes when it is full. */
function put<K, V>(map: Map<K, V>, key: K, value: V, sizeMax: number): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > sizeMax && oldest !== undefined) map.delete(oldest)
}

function waitingView({ mac, first, last }: Stranger): WaitingView {
  return {
    mac,
    ...(last.address !== undefined && { address: formatIp4(last.address) }),
    firstSeen: new Date(first.at).toISOString(),
    lastSeen: new Date(last.at).toISOString(),
    interfaceName: last.interfaceName,
    ...(last.port !== undefined && { port: last.port }),
    ...(last.uuid && { uuid: last.uuid }),
  }
}
