// Why this file exists: a node with all that it inherits becomes a machine with cards, and each network that its cards
// name becomes a network.
import {
  contains,
  countNodeSet,
  expandList,
  expandNodeSet,
  formatSubnet,
  ip4,
  type Ip4,
  netmask,
  parseIp4,
  parseNodeSet,
  prefixOfMask,
  type Subnet,
} from '#directory'
import type { Gathering } from '../found.ts'
import type { MachineFacts } from '../outcome.ts'
import { powerUrl, readMac } from '../values.ts'
import type { Layer, Value, Values } from './layer.ts'

export interface WarewulfNode {
  readonly name: string
  readonly where: string
  readonly layer: Layer
  readonly profileTags: readonly string[]
}

/** One name of nodes.conf may stand for a range of nodes. */
const nodesOfOneMax = 10_000

export function readNode(
  node: WarewulfNode,
  gathering: Gathering,
  gateways: Map<string, string>,
): void {
  const { name, where } = node
  const names = namesOf(name)
  if (names === undefined) {
    return gathering.report.leaveOut(where, `the node ${name}`, 'its name is no range of nodes')
  }
  const devices = devicesOf(node)
  const cards = devices.filter(({ values }) => values.has('hwaddr'))
  // Without any card it is told once, as a machine that nobody could know.
  const kept = cards.length > 0 ? cards : devices.slice(0, 1)
  for (const { device, values } of devices) {
    if (kept.some((card) => card.device === device) || !values.has('ipaddr')) continue
    const why = 'it has no hwaddr, and a card is known by its MAC'
    gathering.report.leaveOut(
      values.get('ipaddr')?.where ?? where,
      `the card ${device} of ${name}`,
      why,
    )
  }
  const facts = factsOf(node, gathering)
  names.forEach((each, index) => {
    const place = { node, gathering, gateways, index, count: names.length }
    if (kept.length === 0) gathering.cards.push({ where, names: [each], macs: [], addresses: [] })
    kept.forEach((card, at) => addCard(card, each, place, at === 0 ? facts(index) : {}))
  })
}

function namesOf(name: string): readonly string[] | undefined {
  if (!name.includes('[')) return [name]
  const set = parseNodeSet(name)
  if (!set.ok) return undefined
  const count = countNodeSet(set.value, () => undefined)
  if (!count.ok || count.value > nodesOfOneMax) return undefined
  const names = expandNodeSet(set.value, () => undefined)
  return names.ok ? names.value : undefined
}

interface Device {
  readonly device: string
  readonly values: Values
}

/** The primary network first: it is the machine's own card. */
function devicesOf({ layer }: WarewulfNode): readonly Device[] {
  const devices = [...layer.devices].map(([device, values]) => ({ device, values }))
  const named = layer.scalars.get('primary network')?.text
  const isTrue = (value: Value | undefined): boolean => /^(true|yes|1)$/i.test(value?.text ?? '')
  const rank = ({ device, values }: Device): number => {
    if (named !== undefined) return device === named ? 0 : 2
    if (isTrue(values.get('primary')) || isTrue(values.get('default'))) return 0
    return device === 'default' ? 1 : 2
  }
  return devices.toSorted((one, other) => rank(one) - rank(other))
}

interface CardPlace {
  readonly node: WarewulfNode
  readonly gathering: Gathering
  readonly gateways: Map<string, string>
  readonly index: number
  readonly count: number
}

function addCard(
  { device, values }: Device,
  name: string,
  place: CardPlace,
  facts: MachineFacts,
): void {
  const { gathering, node } = place
  const { report } = gathering
  const hardware = oneOf(values.get('hwaddr'), place)
  const mac = hardware === undefined ? undefined : readMac(hardware.text)
  if (hardware !== undefined && mac === undefined) {
    report.leaveOut(
      hardware.where,
      `hwaddr ${hardware.text}`,
      'it is no Ethernet address of one card',
    )
  }
  const written = oneOf(values.get('ipaddr'), place)
  const [text = '', length] = (written?.text ?? '').split('/')
  const address = parseIp4(text)
  if (written !== undefined && address === undefined) {
    report.leaveOut(written.where, `ipaddr ${written.text}`, 'it is no IPv4 address')
  }
  if (address !== undefined) addNetwork({ device, values }, address, length, place)
  gathering.cards.push({
    where: node.where,
    names: [name],
    macs: mac === undefined ? [] : [mac],
    addresses: address === undefined ? [] : [address],
    label: values.get('device')?.text ?? device,
    facts,
  })
}

/** What stands once for a range of nodes is one node's, or a range as long. */
function oneOf(
  value: Value | undefined,
  { gathering, index, count, node }: CardPlace,
): Value | undefined {
  if (value === undefined || count === 1) return value
  const all = expandList(value.text)
  const each = all.ok && all.value.length === count ? all.value[index] : undefined
  if (each !== undefined) return { ...value, text: each }
  if (index === 0) {
    const why = `${node.name} are ${count} nodes, and each needs its own`
    gathering.report.leaveOut(value.where, value.text, why)
  }
  return undefined
}

function addNetwork(
  { device, values }: Device,
  address: Ip4,
  length: string | undefined,
  place: CardPlace,
): void {
  const { gathering, gateways, node } = place
  const subnet = subnetAround(address, values, length)
  const where = (values.get('netmask') ?? values.get('ipaddr'))?.where ?? node.where
  if (subnet === undefined) {
    const why = 'it has no netmask; add it: coppice network add'
    return gathering.report.leaveOut(where, `the network of ${device}, ${node.name}`, why)
  }
  const key = formatSubnet(subnet)
  const router = values.get('gateway')
  const gateway = router === undefined ? undefined : parseIp4(router.text)
  const isUsed = gateway !== undefined && contains(subnet, gateway)
  const before = gateways.get(key)
  if (before === undefined || (before === '' && isUsed)) {
    gateways.set(key, isUsed ? (router?.text ?? '') : '')
    gathering.networks.push({ where, subnet, name: device, pools: [], ...(isUsed && { gateway }) })
    if (before === undefined) gathering.report.understand('networks of network devices')
  }
  if (router !== undefined && gateways.get(key) !== router.text) {
    const why = isUsed
      ? `the network has ${gateways.get(key) ?? ''} already`
      : `it is outside of ${key}`
    gathering.report.leaveOut(router.where, `gateway ${router.text}`, why)
  }
}

function subnetAround(
  address: Ip4,
  values: Values,
  length: string | undefined,
): Subnet | undefined {
  const mask = parseIp4(values.get('netmask')?.text ?? '')
  const digits = length ?? values.get('prefix')?.text ?? values.get('prefixlen')?.text ?? ''
  const written = /^\/?(\d{1,2})$/.exec(digits)?.[1]
  const prefix = written === undefined ? mask && prefixOfMask(mask) : Number(written)
  if (prefix === undefined || prefix > 32) return undefined
  return { number: ip4((address & netmask(prefix)) >>> 0), prefix }
}

/** Per node of a range: its BMC may be one of a range, too. */
function factsOf(node: WarewulfNode, gathering: Gathering): (index: number) => MachineFacts {
  const { layer, profileTags, name } = node
  const cluster = layer.scalars.get('cluster name')?.text
  const own = [...layer.tags].map(([key, { text }]) => (text === '' ? key : `${key}=${text}`))
  const tags = [...(cluster === undefined ? [] : [cluster]), ...profileTags, ...own]
  const count = namesOf(name)?.length ?? 1
  return (index) => {
    const place = { node, gathering, gateways: new Map(), index, count }
    const address = oneOf(layer.ipmi.get('ipaddr'), place)
    const port = layer.ipmi.get('port')?.text
    const url = address === undefined ? undefined : powerUrl(address.text)
    if (address !== undefined && url === undefined) {
      gathering.report.leaveOut(
        address.where,
        `ipmi ipaddr ${address.text}`,
        'it is no IPv4 address',
      )
    }
    const isOther = port !== undefined && /^\d{1,5}$/.test(port) && port !== '623'
    const power = isOther && url !== undefined ? `${url}:${port}` : url
    return { ...(tags.length > 0 && { tags }), ...(power !== undefined && { power }) }
  }
}
