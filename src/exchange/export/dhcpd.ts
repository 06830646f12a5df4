// Why this file exists: a dhcpd.conf of the networks and machines, for sites that keep ISC's server; `dhcpd -t` takes it.
import {
  contains,
  formatIp4,
  formatSubnet,
  type Machine,
  netmask,
  type Network,
  type Route,
  type Snapshot,
  toldRoutes,
} from '#directory'
import { type CardOf, cardsOf, machinesOf, physicalNetworks } from './devices.ts'
import { comment, dhcpdString } from './quoted.ts'

export function* dhcpdLines(snapshot: Snapshot): Generator<string> {
  yield comment(`Networks and machines of ${snapshot.domain}`)
  yield 'ddns-update-style none;'
  yield `option domain-name ${dhcpdString(snapshot.domain)};`
  if (physicalNetworks(snapshot).some(({ routes }) => routes !== undefined))
    yield `option ${routesOption} code 121 = array of unsigned integer 8;`
  let before: Network | undefined
  for (const network of physicalNetworks(snapshot)) {
    if (before !== undefined && contains(before, network.number)) {
      yield ''
      yield comment(`${network.name}, ${formatSubnet(network)}: it lies within ${before.name}`)
      continue
    }
    before = network
    yield* networkLines(network)
  }
  for (const machine of machinesOf(snapshot)) yield* machineLines(machine)
}

/** A shared network of one subnet keeps the network's name. */
function* networkLines(network: Network): Generator<string> {
  const { name, number, prefix, gateway, pool, leaseSeconds } = network
  const routes = toldRoutes(network).flatMap(octetsOf)
  yield ''
  yield `shared-network ${dhcpdString(name)} {`
  yield `  subnet ${formatIp4(number)} netmask ${formatIp4(netmask(prefix))} {`
  if (gateway !== undefined) yield `    option routers ${formatIp4(gateway)};`
  if (routes.length > 0) yield `    option ${routesOption} ${routes.join(', ')};`
  if (pool) yield `    range ${formatIp4(pool.first)} ${formatIp4(pool.last)};`
  yield `    default-lease-time ${leaseSeconds};`
  yield '  }'
  yield '}'
}

/** dhcpd knows no such option by itself; this is what people call it. */
const routesOption = 'rfc3442-classless-static-routes'

/** RFC 3442: the prefix, as many octets of the destination as it makes significant, and the router. */
function octetsOf({ to, by }: Route): readonly string[] {
  const significant = formatIp4(to.number)
    .split('.')
    .slice(0, Math.ceil(to.prefix / 8))
  return [`${to.prefix}`, ...significant, ...formatIp4(by).split('.')]
}

function* machineLines(machine: Machine): Generator<string> {
  const { uuid, port } = machine
  yield ''
  for (const card of cardsOf(machine)) {
    // One host has one card here; those of one machine share its name.
    for (const [index, mac] of card.nic.macs.toSorted().entries()) {
      const name = index === 0 ? card.name : `${card.name}_mac${index + 1}`
      yield* hostLines(machine, { ...card, name }, `hardware ethernet ${mac};`)
    }
  }
  if (machine.nics.some(({ macs }) => macs.length > 0)) return
  const [card] = cardsOf(machine)
  const identifier =
    port === undefined
      ? uuid && `pxe-client-id 0 ${inPairs(uuid.replaceAll('-', ''))}`
      : `agent.circuit-id ${circuitId(port)}`
  if (card && identifier) yield* hostLines(machine, card, `host-identifier option ${identifier};`)
  else yield comment(`${machine.name} has neither card nor port nor UUID`)
}

function* hostLines(
  { name, bootFile }: Machine,
  card: CardOf,
  identity: string,
): Generator<string> {
  yield `host ${card.name} {`
  yield `  ${identity}`
  if (card.addresses.length > 0) {
    yield `  fixed-address ${card.addresses
      .toSorted((a, b) => a - b)
      .map(formatIp4)
      .join(', ')};`
  }
  yield `  option host-name ${dhcpdString(name)};`
  if (bootFile !== undefined) yield `  filename ${dhcpdString(bootFile)};`
  yield '}'
}

/** As text, or, when it was none, as the octets that `0x…` stands for. */
function circuitId(port: string): string {
  const hex = /^0x((?:[0-9a-f]{2})+)$/.exec(port)?.[1]
  return hex === undefined ? dhcpdString(port) : inPairs(hex)
}

function inPairs(hex: string): string {
  return (hex.match(/../g) ?? []).join(':')
}
