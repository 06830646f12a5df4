// Why this file exists: DNS holds many a name that people, shells, logs or other programs take for something else.
import type { Machine, Vcn } from '../entry.ts'
import { type Finding, warning } from './finding.ts'

/** Names that programs look for by themselves, and our own in DNS: whoever has one speaks for all. */
const reserved: ReadonlySet<string> = new Set([
  'localhost',
  'localdomain',
  'broadcasthost',
  'ip6-localhost',
  'wpad',
  'isatap',
  'ns',
  'hostmaster',
])

/** A country, or one of the domains that everybody knows. */
const foreignEnd =
  /\.([a-z]{2}|arpa|com|edu|example|gov|info|int|internal|invalid|lan|local|localdomain|mil|net|onion|org|test)$/

export function lintNames(device: Machine | Vcn): readonly Finding[] {
  const labels = device.nics.flatMap(({ label }) => label ?? [])
  return [device.name, ...device.aliases, ...labels].flatMap((name) => lintName(device, name))
}

function lintName(device: Machine | Vcn, name: string): readonly Finding[] {
  const findings: Finding[] = []
  const labels = name.split('.')
  const say = (code: Finding['code'], why: string): void => {
    findings.push(warning(code, device, `the name ${name} ${why}`))
  }
  if (labels.some((label) => /^\d+$/.test(label))) say('CPC-DIR-041', 'has a part of digits alone')
  if (labels.some((label) => label.startsWith('xn--'))) {
    say('CPC-DIR-042', 'is punycode: people are shown another name than programs')
  } else if (name.includes('--')) say('CPC-DIR-042', 'has two hyphens side by side')
  if (reserved.has(name)) say('CPC-DIR-043', 'is one that programs look for by themselves')
  if (device.kind === 'machine' && foreignEnd.test(name)) {
    say('CPC-DIR-044', 'ends like that of another domain, and is served below ours')
  }
  return findings
}
