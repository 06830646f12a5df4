// Why this file exists: what the API says of VOs, nodes and jobs is looked at here, once, and becomes what the chapters of a
// run speak about.
import { member, numberMember, textMember } from '../json.ts'

export const vcnPhaseNames = [
  'reserved',
  'entry-shown',
  'overlay',
  'defined',
  'started',
  'first-discover',
  'lease',
  'name-resolved',
  'reachable',
] as const
export type VcnPhaseName = (typeof vcnPhaseNames)[number]

export interface SeenVcn {
  /** `compute1` */
  readonly name: string
  /** `compute1.hpl.physics`: for commands, and its domain on the host. */
  readonly fullName: string
  readonly fqdn: string
  readonly state: string
  readonly host: string
  readonly address: string
  readonly mac: string
  readonly dn: string
}

export interface VcnMarks {
  readonly vcn: string
  readonly host: string
  readonly phases: readonly { readonly phase: string; readonly at: number }[]
}

export interface SeenVo {
  readonly name: string
  readonly vni: number
  readonly subnet: string
  /** By the name of the limit. */
  readonly used: Readonly<Record<string, number>>
}

/** A list may come in pages; what a rack has fits on the first. */
export function itemsOf(answer: unknown): readonly unknown[] {
  const items = Array.isArray(answer) ? answer : member(answer, 'items')
  return Array.isArray(items) ? items.map((item: unknown) => item) : []
}

export function parseVcn(value: unknown): SeenVcn | undefined {
  const [nic] = itemsOf(member(value, 'nics'))
  const text = (name: string, of: unknown = value): string => textMember(of, name) ?? ''
  const [name, cluster, vo] = [text('name'), text('cluster'), text('vo')]
  if (name === '') return undefined
  return {
    name,
    fullName: `${name}.${cluster}.${vo}`,
    fqdn: text('fqdn'),
    state: text('state'),
    host: text('host').split('.')[0] ?? '',
    address: text('address', nic),
    mac: text('mac', nic),
    dn: text('dn'),
  }
}

export function parseMarks(timeline: unknown): readonly VcnMarks[] {
  return itemsOf(member(timeline, 'vcns')).map((one) => ({
    vcn: textMember(one, 'vcn') ?? '',
    host: textMember(one, 'host') ?? '',
    phases: itemsOf(member(one, 'phases')).map((phase) => ({
      phase: textMember(phase, 'phase') ?? '',
      at: Date.parse(textMember(phase, 'at') ?? ''),
    })),
  }))
}

export function parseVo(value: unknown): SeenVo | undefined {
  const network = member(value, 'network')
  const [name, vni] = [textMember(value, 'name'), numberMember(network, 'vni')]
  if (name === undefined || vni === undefined) return undefined
  const used = member(value, 'used')
  const figures = Object.entries(typeof used === 'object' && used !== null ? used : {})
  return {
    name,
    vni,
    subnet: textMember(network, 'subnet') ?? '',
    used: Object.fromEntries(
      figures.map(([limit, figure]: readonly [string, unknown]) => [limit, Number(figure)]),
    ),
  }
}

/** Milliseconds between two steps of one node; `undefined`: one of them is missing. */
export function betweenMarks(
  { phases }: VcnMarks,
  from: VcnPhaseName,
  to: VcnPhaseName,
): number | undefined {
  const at = (name: string): number | undefined => phases.find(({ phase }) => phase === name)?.at
  const [start, finish] = [at(from), at(to)]
  return start === undefined || finish === undefined ? undefined : finish - start
}

export function missingMarks({ phases }: VcnMarks): readonly VcnPhaseName[] {
  return vcnPhaseNames.filter((name) => !phases.some(({ phase }) => phase === name))
}
