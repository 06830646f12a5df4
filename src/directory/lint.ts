// Why this file exists: much that a directory can say is served and still wrong. `lint` says it to people, with a
// stable code, and changes nothing.
import { networkContaining } from './choose-address.ts'
import type { Machine, Network, Nic, Vcn } from './entry.ts'
import { broadcastOf, contains, formatIp4, formatSubnet } from './ip4.ts'
import { isUnicastMac } from './mac.ts'
import type { Snapshot } from './snapshot.ts'

/** `severity` error: the entry is not served. */
export interface Finding {
  readonly code: `CPC-DIR-${string}`
  readonly severity: 'error' | 'warning'
  readonly dn: string
  readonly why: string
}

export function lint(snapshot: Snapshot): readonly Finding[] {
  const findings: Finding[] = [...snapshot.setAside.values()].map(({ dn, reason }) => ({
    code: 'CPC-DIR-002',
    severity: 'error',
    dn,
    why: reason,
  }))
  for (const entry of snapshot.entries.values()) {
    if (entry.kind !== 'machine' && entry.kind !== 'vcn') continue
    for (const nic of entry.nics) findings.push(...lintNic(snapshot, entry, nic))
  }
  findings.push(...overlaps(snapshot.networks))
  findings.push(...shared(snapshot.uuidClaims.entries(), 'CPC-DIR-006', 'UUID'))
  findings.push(...shared(bareClaims(snapshot), 'CPC-DIR-007', 'port'))
  return findings
}

function lintNic(snapshot: Snapshot, device: Machine | Vcn, nic: Nic): readonly Finding[] {
  const findings = nic.macs
    .filter((mac) => !isUnicastMac(mac))
    .map((mac) => warning('CPC-DIR-005', device.dn, `MAC ${mac} names no network card`))
  if (nic.network !== undefined && !snapshot.networkByName.has(nic.network)) {
    findings.push(warning('CPC-DIR-009', device.dn, `there is no network ${nic.network}`))
  }
  return [...findings, ...lintAddress(snapshot, device, nic)]
}

function lintAddress(snapshot: Snapshot, device: Machine | Vcn, nic: Nic): readonly Finding[] {
  const { address } = nic
  if (address === undefined) return []
  const network = networkContaining(snapshot, address)
  const text = formatIp4(address)
  if (!network) {
    return [warning('CPC-DIR-003', device.dn, `address ${text} is outside every network`)]
  }
  const findings: Finding[] = []
  if (network.pool && address >= network.pool.first && address <= network.pool.last) {
    const why = `address ${text} is inside the pool of ${network.name}, which is for the unknown`
    findings.push(warning('CPC-DIR-004', device.dn, why))
  }
  const edge = address === network.number || address === broadcastOf(network)
  if (edge && network.prefix < 31) {
    const why = `address ${text} is the network number or the broadcast of ${network.name}`
    findings.push(warning('CPC-DIR-010', device.dn, why))
  }
  if (nic.network !== undefined && nic.network !== network.name) {
    const why = `address ${text} is on ${network.name}, but the entry says ${nic.network}`
    findings.push(warning('CPC-DIR-011', device.dn, why))
  }
  return findings
}

/** Sorted by number, the wider first: whatever overlaps with a network and stands before it contains it. */
function overlaps(networks: readonly Network[]): readonly Finding[] {
  return networks.flatMap((network, at) => {
    const around = networks.slice(0, at).findLast((other) => contains(other, network.number))
    if (!around) return []
    const why = `${formatSubnet(network)} overlaps ${formatSubnet(around)} of ${around.dn}`
    return [warning('CPC-DIR-008', network.dn, why)]
  })
}

function shared(
  claims: Iterable<readonly [string, readonly Machine[]]>,
  code: Finding['code'],
  what: string,
): readonly Finding[] {
  return [...claims]
    .filter(([, machines]) => machines.length > 1)
    .flatMap(([key, machines]) =>
      machines.map(({ dn }) => {
        const others = `${what} ${key} is described for ${machines.length} machines`
        return warning(code, dn, `${others}, so it identifies none of them`)
      }),
    )
}

/** Only machines without MACs lean on their port; the others may share one, behind a small switch. */
function* bareClaims(snapshot: Snapshot): Generator<readonly [string, readonly Machine[]]> {
  for (const [port, machines] of snapshot.portClaims.entries()) {
    yield [port, machines.filter((machine) => machine.nics.every((nic) => nic.macs.length === 0))]
  }
}

function warning(code: Finding['code'], dn: string, why: string): Finding {
  return { code, severity: 'warning', dn, why }
}
