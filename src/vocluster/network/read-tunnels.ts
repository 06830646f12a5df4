// Why this file exists: which ends of VO networks a machine has, and whom they know, is asked of its kernel before
// anything is changed, so that what is right already is left alone.
import { type Ip4, parseIp4 } from '#directory'
import { vxlanName } from '../domain/on-host.ts'
import { type Command, namespaceName } from './tunnel.ts'

export interface TunnelSeen {
  readonly vni: number
  readonly local: Ip4 | undefined
  readonly peers: readonly Ip4[]
}

/** Run both, then `readTunnels` of what they print. For the appliance, once in each namespace of ours. */
export function tunnelQuestions(vni?: number): {
  readonly links: Command
  readonly entries: Command
} {
  const inside = vni === undefined ? [] : ['-n', namespaceName(vni)]
  return {
    links: { argv: ['ip', ...inside, '-j', '-d', 'link', 'show', 'type', 'vxlan'] },
    entries: { argv: ['bridge', ...inside, '-j', 'fdb', 'show'] },
  }
}

/** What is not ours, or not as these programs write it, is left out. */
export function readTunnels(links: string, entries: string): readonly TunnelSeen[] {
  const peers = parsedList(entries).flatMap((entry) => {
    const dst = parseIp4(textAt(entry, 'dst'))
    const broadcast = textAt(entry, 'mac') === '00:00:00:00:00:00'
    return broadcast && dst !== undefined ? [{ device: textAt(entry, 'ifname'), dst }] : []
  })
  return parsedList(links).flatMap((link) => {
    const data = at(at(link, 'linkinfo'), 'info_data')
    const vni = at(data, 'id')
    if (typeof vni !== 'number' || textAt(link, 'ifname') !== vxlanName(vni)) return []
    const own = peers.filter(({ device }) => device === vxlanName(vni))
    return [{ vni, local: parseIp4(textAt(data, 'local')), peers: own.map(({ dst }) => dst) }]
  })
}

function parsedList(text: string): readonly unknown[] {
  // Some versions print nothing where there is nothing.
  if (text.trim() === '') return []
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return new Map<string, unknown>(Object.entries(value)).get(key)
}

function textAt(value: unknown, key: string): string {
  const found = at(value, key)
  return typeof found === 'string' ? found : ''
}
