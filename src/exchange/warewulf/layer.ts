// Why this file exists: profiles and nodes are written alike and laid over each other; each is read once, with the place
// of every value, and what has no counterpart is told where it stands, not for each node that inherits it.
import type { Node } from 'yaml'
import type { Report } from '../report.ts'
import type { Places } from '../source.ts'
import {
  deviceKeyBecause,
  ipmiKeyBecause,
  nodeKeyBecause,
  nothingLikeIt,
} from './left-out.table.ts'
import type { Entry, Yaml } from './yaml.ts'

export interface Value {
  readonly text: string
  readonly where: string
}

export type Values = ReadonlyMap<string, Value>

export interface Layer {
  /** Absent: it says nothing of profiles, which is not the same as none. */
  readonly profiles?: readonly string[]
  readonly scalars: Values
  readonly devices: ReadonlyMap<string, Values>
  readonly ipmi: Values
  readonly tags: Values
}

export interface LayerSurroundings {
  readonly yaml: Yaml
  readonly places: Places
  readonly report: Report
}

const deviceKeys = new Set([
  'device',
  'type',
  'hwaddr',
  'ipaddr',
  'netmask',
  'prefix',
  'prefixlen',
  'gateway',
  'primary',
  'default',
])
const ipmiKeys = new Set(['ipaddr', 'port'])
const scalarKeys = new Set(['cluster name', 'primary network'])

export function readLayer(node: Node | undefined, around: LayerSurroundings): Layer {
  const { yaml } = around
  let profiles: readonly string[] | undefined
  const scalars = new Map<string, Value>()
  const devices = new Map<string, Values>()
  const ipmi = new Map<string, Value>()
  const tags = new Map<string, Value>()
  for (const entry of yaml.entries(node)) {
    const { key, value } = entry
    const old = /^ipmi (.+)$/.exec(key)?.[1]
    if (key === 'profiles') profiles = namesIn(value, yaml)
    else if (key === 'network devices') {
      for (const device of yaml.entries(value)) {
        devices.set(device.key, read(device.value, deviceKeys, deviceKeyBecause, around))
      }
    } else if (key === 'ipmi') add(ipmi, read(value, ipmiKeys, ipmiKeyBecause, around))
    // Until 4.3 the fields of IPMI stood beside the others.
    else if (old !== undefined)
      take({ ...entry, key: old }, ipmi, { keys: ipmiKeys, because: ipmiKeyBecause }, around)
    else if (key === 'tags' || key === 'keys') add(tags, allOf(value, around))
    else take(entry, scalars, { keys: scalarKeys, because: nodeKeyBecause }, around)
  }
  return { ...(profiles !== undefined && { profiles }), scalars, devices, ipmi, tags }
}

/** A list, or one name, or several with commas. */
function namesIn(node: Node | undefined, yaml: Yaml): readonly string[] {
  if (yaml.isList(node)) return yaml.items(node).flatMap((item) => yaml.text(item) ?? [])
  return (yaml.text(node) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

interface Known {
  readonly keys: ReadonlySet<string>
  readonly because: Readonly<Record<string, string>>
}

function take(
  { key, offset, value }: Entry,
  into: Map<string, Value>,
  known: Known,
  around: LayerSurroundings,
): void {
  const { yaml, places, report } = around
  const where = places.at(offset)
  if (!known.keys.has(key)) {
    const isEmpty =
      value === undefined ||
      (yaml.text(value) === undefined && !yaml.isMapping(value) && !yaml.isList(value))
    // The value is not shown: it may be a secret.
    if (!isEmpty) report.leaveOut(where, key, known.because[key] ?? nothingLikeIt)
    return
  }
  const text = yaml.text(value)
  if (text !== undefined && !into.has(key)) into.set(key, { text, where })
}

function read(
  node: Node | undefined,
  keys: ReadonlySet<string>,
  because: Readonly<Record<string, string>>,
  around: LayerSurroundings,
): Values {
  const values = new Map<string, Value>()
  for (const entry of around.yaml.entries(node)) take(entry, values, { keys, because }, around)
  return values
}

function allOf(node: Node | undefined, { yaml, places }: LayerSurroundings): Values {
  return new Map(
    yaml.entries(node).map(({ key, offset, value }) => {
      // Some versions write a tag as a mapping with a value in it.
      const inner = yaml.entries(value).find((each) => each.key === 'value')?.value
      return [key, { text: yaml.text(inner ?? value) ?? '', where: places.at(offset) }] as const
    }),
  )
}

function add(into: Map<string, Value>, values: Values): void {
  for (const [key, value] of values) into.set(key, value)
}

/** The later one counts, field by field. */
export function laidOver(layers: readonly Layer[]): Layer {
  const devices = new Map<string, Values>()
  for (const layer of layers) {
    for (const [name, values] of layer.devices) {
      devices.set(name, new Map([...(devices.get(name) ?? []), ...values]))
    }
  }
  return {
    scalars: new Map(layers.flatMap(({ scalars }) => [...scalars])),
    devices,
    ipmi: new Map(layers.flatMap(({ ipmi }) => [...ipmi])),
    tags: new Map(layers.flatMap(({ tags }) => [...tags])),
  }
}
