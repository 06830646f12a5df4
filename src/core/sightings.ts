// Why this file exists: what wire saw becomes what core knows: the boot of a machine, claims, who holds which address,
// and who waits to be described.
import type { LeaseView, WaitingView } from '#api'
import { formatIp4, type Ip4, type Mac, type Machine, type Snapshot } from '#directory'
import type { DhcpSighting, ScriptSighting, Sighting } from '#feed'
import type { HostKeeper } from '#host'
import type { CoreStore } from '#store'
import { claimOf } from './enrolment.ts'
import type { EventHub } from './events.ts'

export const strangersMax = 4_096
export const leasesMax = 65_536
const forgetClaimsMs = 48 * 3_600_000

export interface SightingParts {
  readonly store: CoreStore
  readonly hosts: HostKeeper
  readonly events: EventHub
  readonly snapshot: () => Snapshot
  readonly now: () => number
}

interface Stranger {
  readonly mac: Mac
  readonly first: DhcpSighting
  readonly last: DhcpSighting
}

export class Sightings {
  readonly #parts: SightingParts
  readonly #strangers = new Map<Mac, Stranger>()
  readonly #leases = new Map<Ip4, DhcpSighting>()
  /** Where a relay last saw each card: evidence about who asks for a certificate. */
  readonly #ports = new Map<Mac, string>()

  constructor(parts: SightingParts) {
    this.#parts = parts
  }

  take(sighting: Sighting): void {
    const { hosts, events } = this.#parts
    const machine = this.#machineOf(sighting.mac)
    if (sighting.kind === 'alarm') {
      events.tell(
        'alarm',
        machine?.name ?? sighting.mac ?? 'wire',
        `${sighting.code} ${sighting.why}`,
      )
    }
    if (sighting.kind === 'dhcp') this.#remember(sighting, machine)
    if (machine === undefined) return
    hosts.observe(machine.id, { kind: 'sighting', sighting })
    if (sighting.kind === 'script') this.#claim(sighting, machine)
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

  leases(): readonly LeaseView[] {
    return [...this.#leases].map(([address, seen]) => {
      const machine = this.#machineOf(seen.mac)
      return {
        address: formatIp4(address),
        mac: seen.mac ?? '',
        ...(machine && { machine: machine.name }),
        lastSeen: new Date(seen.at).toISOString(),
        answered: seen.answered ?? '',
      }
    })
  }

  #machineOf(mac: Mac | undefined): Machine | undefined {
    const device = mac === undefined ? undefined : this.#parts.snapshot().byMac.get(mac)?.device
    return device?.kind === 'machine' ? device : undefined
  }

  #remember(sighting: DhcpSighting, machine: Machine | undefined): void {
    const { mac, address, answered, port } = sighting
    if (mac !== undefined && port !== undefined) put(this.#ports, mac, port, leasesMax)
    if (address !== undefined && answered === 'ACK') put(this.#leases, address, sighting, leasesMax)
    if (sighting.asked === 'RELEASE' && address !== undefined) this.#leases.delete(address)
    if (mac === undefined || machine !== undefined) return
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
