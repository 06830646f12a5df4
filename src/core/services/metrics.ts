// Why this file exists: figures for Prometheus, each with its name, its meaning and its kind; what wire counts is told by
// protocol and by the rule that `explain` names, and no stranger can make more series of it.
import type { StatusView } from '#api'
import type { Figure } from './directory-view.ts'

export interface Counted {
  readonly directory: readonly Figure[]
  /** By name, as `dhcp described`, `vo dns answered`, `tftp whole`. */
  readonly wire: Readonly<Record<string, number>>
  readonly writes: Readonly<Record<string, number>>
}

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

interface Family {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  readonly samples: readonly Sample[]
}

/** More rules than all protocols have together. */
const seriesMax = 512

const protocols = {
  dhcp: 'Packets of DHCP by the rule that decided, as coppice explain names it',
  dns: 'Questions to DNS by what came of them',
  tftp: 'Transfers of TFTP by how they ended or why they were refused',
  http: 'Requests for boot files by HTTP by how they ended or why they were refused',
  script: 'Boot scripts given to loaders, by what they boot',
} as const
type Protocol = keyof typeof protocols

export function metricsText(status: StatusView, counted: Counted): string {
  return familiesOf(status, counted).map(familyText).join('')
}

function familiesOf(status: StatusView, { directory, wire, writes }: Counted): readonly Family[] {
  return [
    gauge('coppice_snapshot', 'Number of the directory as core knows it', status.snapshot),
    gauge('coppice_wire_connected', 'Whether wire is there', status.wire.connected ? 1 : 0),
    gauge('coppice_wire_snapshot', 'Number of the directory that wire serves', status.wire.serving),
    ...directory.map(directoryFamily),
    {
      name: 'coppice_count',
      help: 'Entries and machines by kind and state',
      kind: 'gauge',
      samples: samplesOf('of', status.counts),
    },
    ...wireFamilies(wire),
    {
      name: 'coppice_writes_total',
      help: 'Calls of jobs that changed something, by whom they went to',
      kind: 'counter',
      samples: samplesOf('to', writes),
    },
  ]
}

function gauge(name: string, help: string, value: number): Family {
  return { name, help, kind: 'gauge', samples: [[{}, value]] }
}

const figure = /^(?<name>[a-z_]+)(?:\{(?<label>[a-z]+)="(?<text>[^"]*)"\})?$/

function directoryFamily([whole, value]: Figure): Family {
  const { name = whole, label, text = '' } = figure.exec(whole)?.groups ?? {}
  return {
    name,
    help: name.replace('coppice_', '').replaceAll('_', ' '),
    kind: name.endsWith('_total') ? 'counter' : 'gauge',
    samples: [[label === undefined ? {} : { [label]: text }, value]],
  }
}

function samplesOf(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([text, value]) => [{ [label]: text }, value])
}

function wireFamilies(wire: Readonly<Record<string, number>>): readonly Family[] {
  const counters = Object.entries(wire).slice(0, seriesMax)
  return protocolNames.map((protocol): Family => ({
    name: `coppice_${protocol}_total`,
    help: protocols[protocol],
    kind: 'counter',
    samples: counters.flatMap(([what, value]): Sample[] => {
      const labels = labelsOf(what, protocol)
      return labels ? [[labels, value]] : []
    }),
  }))
}

const protocolNames: readonly Protocol[] = ['dhcp', 'dns', 'tftp', 'http', 'script']

/** `vo dhcp described` is on a VO's network, `dhcp refused no-end` is a packet that cannot be read. */
function labelsOf(what: string, protocol: Protocol): Labels | undefined {
  const isVo = what.startsWith('vo ')
  const rest = isVo ? what.slice(3) : what
  if (!rest.startsWith(`${protocol} `)) return undefined
  return { network: isVo ? 'vo' : 'own', rule: rest.slice(protocol.length + 1) }
}

function familyText({ name, help, kind, samples }: Family): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('')}`
}

function labelText(labels: Labels): string {
  const texts = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return texts.length === 0 ? '' : `{${texts.join(',')}}`
}

/** As Prometheus' text format wants it. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
