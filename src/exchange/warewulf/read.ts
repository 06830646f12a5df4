// Why this file exists: what a nodes.conf of Warewulf 4 means: nodes, with what they inherit from profiles, their cards
// and BMCs; and of warewulf.conf the network that its DHCP serves.
import type { Node } from 'yaml'
import { contains, ip4, netmask, parseIp4, prefixOfMask } from '#directory'
import type { Gathering } from '../found.ts'
import { Places, type SourceFile } from '../source.ts'
import { type Layer, type LayerSurroundings, laidOver, readLayer } from './layer.ts'
import { readNode } from './node.ts'
import { type Entry, parseYaml, type Yaml } from './yaml.ts'

export function readWarewulf(files: readonly SourceFile[], gathering: Gathering): void {
  const { report } = gathering
  for (const file of files) {
    const places = new Places(file)
    const yaml = parseYaml(file.text, places, report)
    if (yaml === undefined) continue
    const around = { yaml, places, report }
    const keys = yaml.entries(yaml.root)
    const key = (name: string): Node | undefined => keys.find((entry) => entry.key === name)?.value
    if (keys.some((entry) => entry.key === 'nodes' || entry.key === 'nodeprofiles')) {
      readNodes(key('nodeprofiles'), key('nodes'), gathering, around)
      tellOthers(keys, new Set(['nodes', 'nodeprofiles', 'WW_INTERNAL']), around)
    } else if (keys.some((entry) => entry.key === 'warewulf' || entry.key === 'dhcp')) {
      readServer(keys, gathering, around)
      tellOthers(keys, new Set(['ipaddr', 'netmask', 'network', 'dhcp']), around)
    } else report.refuse(places.at(0), 'it holds neither nodes nor nodeprofiles')
  }
}

export function looksLikeWarewulf(text: string): boolean {
  return (
    /^(nodes|nodeprofiles|WW_INTERNAL):/m.test(text) ||
    (/^warewulf:/m.test(text) && /^dhcp:/m.test(text))
  )
}

function tellOthers(
  keys: readonly Entry[],
  known: ReadonlySet<string>,
  { places, report }: LayerSurroundings,
): void {
  for (const { key, offset } of keys) {
    if (!known.has(key))
      report.leaveOut(places.at(offset), key, 'it is about the program that it was written for')
  }
}

function readNodes(
  profilesNode: Node | undefined,
  nodes: Node | undefined,
  gathering: Gathering,
  around: LayerSurroundings,
): void {
  const { yaml, places, report } = around
  const profiles = new Map<string, Layer>()
  for (const { key, value } of yaml.entries(profilesNode)) {
    if (profiles.has(key)) continue
    profiles.set(key, readLayer(value, around))
    report.understand('profiles')
  }
  const gateways = new Map<string, string>()
  for (const { key, offset, value } of yaml.entries(nodes)) {
    const where = places.at(offset)
    const own = readLayer(value, around)
    const names = own.profiles ?? (profiles.has('default') ? ['default'] : [])
    const chain = chainOf(names, profiles, (name) =>
      report.leaveOut(where, `the profile ${name} of ${key}`, 'there is no such profile'),
    )
    const layer = laidOver([...chain.map(({ layer: each }) => each), own])
    const tags = chain.map(({ name }) => name).filter((name) => name !== 'default')
    report.understand('nodes')
    readNode({ name: key, where, layer, profileTags: tags }, gathering, gateways)
  }
}

interface Link {
  readonly name: string
  readonly layer: Layer
}

/** Profiles may name profiles; what they say themselves counts more. `~name` takes one away. */
function chainOf(
  names: readonly string[],
  profiles: ReadonlyMap<string, Layer>,
  unknown: (name: string) => void,
): readonly Link[] {
  const taken = new Set(names.filter((name) => name.startsWith('~')).map((name) => name.slice(1)))
  const chain: Link[] = []
  const visit = (name: string): void => {
    if (taken.has(name) || name.startsWith('~')) return
    taken.add(name)
    const layer = profiles.get(name)
    if (layer === undefined) return unknown(name)
    // Deep only in files made to be deep: each profile is entered once.
    if (taken.size <= nestedProfilesMax) for (const inner of layer.profiles ?? []) visit(inner)
    chain.push({ name, layer })
  }
  for (const name of names) visit(name)
  return chain
}

const nestedProfilesMax = 256

/** warewulf.conf: its own address and mask are the network, its range the pool. */
function readServer(keys: readonly Entry[], gathering: Gathering, around: LayerSurroundings): void {
  const { yaml, places, report } = around
  const entry = (name: string, among: readonly Entry[] = keys): Entry | undefined =>
    among.find(({ key }) => key === name)
  const addressOf = (found: Entry | undefined) =>
    parseIp4((yaml.text(found?.value) ?? '').split('/')[0] ?? '')
  const own = entry('ipaddr')
  const address = addressOf(own)
  const mask = addressOf(entry('netmask'))
  const prefix = prefixIn(yaml, own) ?? (mask === undefined ? undefined : prefixOfMask(mask))
  if (own === undefined || address === undefined || prefix === undefined) {
    return report.leaveOut(
      places.at(own?.offset ?? 0),
      'its network',
      'ipaddr and netmask make none',
    )
  }
  const subnet = { number: ip4((address & netmask(prefix)) >>> 0), prefix }
  const dhcp = yaml.entries(entry('dhcp')?.value)
  const [start, end] = [entry('range start', dhcp), entry('range end', dhcp)]
  const [first, last] = [addressOf(start), addressOf(end)]
  const isPool = first !== undefined && last !== undefined && contains(subnet, first)
  const pools = isPool ? [{ where: places.at(start?.offset ?? own.offset), first, last }] : []
  for (const { key, offset } of dhcp) {
    if (key !== 'range start' && key !== 'range end') {
      report.leaveOut(
        places.at(offset),
        `dhcp ${key}`,
        'it is about the program that it was written for',
      )
    }
  }
  gathering.networks.push({ where: places.at(own.offset), subnet, name: 'warewulf', pools })
  report.understand('the network of warewulf.conf')
}

function prefixIn(yaml: Yaml, entry: Entry | undefined): number | undefined {
  const length = /\/(\d{1,2})$/.exec(yaml.text(entry?.value) ?? '')?.[1]
  return length !== undefined && Number(length) <= 32 ? Number(length) : undefined
}
