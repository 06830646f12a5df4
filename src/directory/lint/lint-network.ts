// Why this file exists: a network can be right by itself and wrong beside another: only one of two that overlap is meant.
import type { Network } from '../entry.ts'
import { contains, formatIp4, formatSubnet } from '../ip4.ts'
import { formatRoute, straying } from '../route.ts'
import { type Finding, warning } from './finding.ts'
import { topics, voOf, type World } from './world.ts'

/** Below, renewals are most of the traffic; above, a machine that is gone keeps its place for a month. */
const leaseSecondsUsual = { min: 300, max: 30 * 86_400 }

export function overlap(one: Network, other: Network): boolean {
  return contains(one, other.number) || contains(other, one.number)
}

export function lintNetwork(world: World, network: Network): readonly Finding[] {
  const others = world.snapshot.networks.filter(
    (other) => other.id !== network.id && overlap(other, network),
  )
  return [
    ...lintAround(network, others),
    ...lintPool(network, others),
    ...lintRoutes(network),
    ...lintLease(network),
    ...lintOwner(world, network),
  ]
}

/** Told once, of the narrower one. */
function lintAround(network: Network, others: readonly Network[]): readonly Finding[] {
  const [around] = others
    .filter(
      ({ prefix, id }) => prefix < network.prefix || (prefix === network.prefix && id < network.id),
    )
    .toSorted((one, other) => other.prefix - one.prefix || (one.id < other.id ? -1 : 1))
  if (!around) return []
  const why = `${formatSubnet(network)} overlaps ${formatSubnet(around)} of ${around.dn}`
  return [warning('CPC-DIR-008', network, why)]
}

function lintPool(network: Network, others: readonly Network[]): readonly Finding[] {
  const { pool, gateway } = network
  if (!pool) return []
  const findings = others.flatMap((other) => {
    if (!other.pool || other.pool.first > pool.last || other.pool.last < pool.first) return []
    return [warning('CPC-DIR-046', network, `its pool and that of ${other.dn} share addresses`)]
  })
  if (gateway !== undefined && gateway >= pool.first && gateway <= pool.last) {
    const why = `its gateway ${formatIp4(gateway)} is in its own pool`
    findings.push(warning('CPC-DIR-047', network, why))
  }
  return findings
}

function lintRoutes(network: Network): readonly Finding[] {
  return straying(network).map((route) => {
    const why = `the router of its route ${formatRoute(route)} is outside ${formatSubnet(network)}`
    return warning('CPC-DIR-049', network, why)
  })
}

function lintLease(network: Network): readonly Finding[] {
  const { leaseSeconds } = network
  const { min, max } = leaseSecondsUsual
  if (leaseSeconds >= min && leaseSeconds <= max) return []
  return [warning('CPC-DIR-048', network, `leases of ${leaseSeconds} s are out of the usual`)]
}

function lintOwner(world: World, network: Network): readonly Finding[] {
  const vo = voOf(network)
  const { vni } = network
  const say = (why: string): readonly Finding[] => [warning('CPC-DIR-052', network, why)]
  if (vo === undefined) {
    return vni === undefined ? [] : say('it has a coppiceVni, but is not named vo- and a VO')
  }
  if (!world.has(topics.vo(vo))) return say(`it is named after VO ${vo}, which is not served`)
  return vni === undefined ? say(`it is the network of VO ${vo}, but has no coppiceVni`) : []
}
