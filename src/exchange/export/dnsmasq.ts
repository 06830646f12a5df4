// Why this file exists: a dnsmasq.conf of the networks, machines and names; `dnsmasq --test` takes it.
import {
  formatIp4,
  formatSubnet,
  joinName,
  type Machine,
  netmask,
  type Network,
  type Snapshot,
  toldRoutes,
} from '#directory'
import { type CardOf, cardsOf, devicesOf, machinesOf, physicalNetworks } from './devices.ts'
import { comment } from './quoted.ts'

export function* dnsmasqLines(snapshot: Snapshot): Generator<string> {
  const { domain } = snapshot
  yield comment(`Networks, machines and names of ${domain}`)
  yield `domain=${domain}`
  for (const network of physicalNetworks(snapshot)) yield* networkLines(network)
  yield ''
  for (const machine of machinesOf(snapshot)) yield* machineLines(machine)
  yield ''
  for (const device of devicesOf(snapshot)) {
    for (const [index, { name, addresses }] of cardsOf(device).entries()) {
      for (const address of addresses) {
        const aliases = index === 0 ? device.aliases : []
        const names = [name, ...aliases].flatMap((each) => {
          return joinName(device.name, domain) === undefined ? [each] : [`${each}.${domain}`, each]
        })
        yield `host-record=${[...names, formatIp4(address)].join(',')}`
      }
    }
  }
}

function* networkLines(network: Network): Generator<string> {
  const { name, number, prefix, gateway, pool, leaseSeconds } = network
  yield ''
  yield comment(formatSubnet(network))
  const mask = formatIp4(netmask(prefix))
  yield pool === undefined
    ? `dhcp-range=set:${name},${formatIp4(number)},static,${mask},${leaseSeconds}`
    : `dhcp-range=set:${name},${formatIp4(pool.first)},${formatIp4(pool.last)},${mask},${leaseSeconds}`
  // Without a value no router is told; dnsmasq would tell itself.
  yield `dhcp-option=tag:${name},option:router${gateway === undefined ? '' : `,${formatIp4(gateway)}`}`
  const routes = toldRoutes(network).flatMap(({ to, by }) => [formatSubnet(to), formatIp4(by)])
  if (routes.length > 0) yield `dhcp-option=tag:${name},121,${routes.join(',')}`
}

/** What would end the value or be taken for something else cannot be said. */
const sayableTag = /^[A-Za-z0-9_.=@+-]{1,250}$/

function* machineLines(machine: Machine): Generator<string> {
  const tags = machine.tags.filter((tag) => sayableTag.test(tag)).toSorted()
  const cards = cardsOf(machine)
  if (cards.every(({ nic }) => nic.macs.length === 0)) {
    yield comment(`${machine.name} has no card that is known`)
  }
  for (const [index, card] of cards.entries()) {
    if (card.nic.macs.length > 0) yield* cardLines(machine, card, index === 0 ? tags : [])
  }
}

/** One line has one address; dnsmasq takes the line of the network that a card is on. */
function* cardLines(
  { name }: Machine,
  { nic, addresses }: CardOf,
  tags: readonly string[],
): Generator<string> {
  const start = [...nic.macs.toSorted(), ...tags.map((tag) => `set:${tag}`)]
  const sorted = addresses.toSorted((one, other) => one - other)
  if (sorted.length === 0) yield `dhcp-host=${[...start, name].join(',')}`
  for (const address of sorted) yield `dhcp-host=${[...start, formatIp4(address), name].join(',')}`
}
