// Why this file exists: what Prometheus scrapes must parse whatever was counted, say which rule decided, and stay bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusView } from '#api'
import { metricsText } from '../../src/core/services/metrics.ts'

const status: StatusView = {
  version: '0.1.0',
  domain: 'cluster.test',
  snapshot: 7,
  wire: { connected: true, serving: 7 },
  directory: {
    state: 'live',
    detail: '',
    ageSeconds: 0,
    copyAgeSeconds: 2,
    connection: 'following',
    connections: 1,
    cookiesRefused: 0,
    held: 0,
    heldEntries: [],
  },
  counts: { machines: 2 },
  otherDhcpServers: [],
}

function scraped(wire: Readonly<Record<string, number>>): readonly string[] {
  const directory = [['coppice_directory_connection{state="following"}', 1]] as const
  return metricsText(status, { directory, wire, writes: { ldap: 3 } })
    .trimEnd()
    .split('\n')
}

const sample =
  /^[a-z_]+(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? -?\d+$/

for (const [what, line] of [
  ['dhcp described', 'coppice_dhcp_total{network="own",rule="described"} 5'],
  ['dhcp refused no-end', 'coppice_dhcp_total{network="own",rule="refused no-end"} 5'],
  ['vo dhcp noGuest', 'coppice_dhcp_total{network="vo",rule="noGuest"} 5'],
  ['dns no such name', 'coppice_dns_total{network="own",rule="no such name"} 5'],
  ['vo dns answered', 'coppice_dns_total{network="vo",rule="answered"} 5'],
  ['tftp notFound', 'coppice_tftp_total{network="own",rule="notFound"} 5'],
  ['http whole', 'coppice_http_total{network="own",rule="whole"} 5'],
  ['script kvm-host', 'coppice_script_total{network="own",rule="kvm-host"} 5'],
] as const) {
  test(`what wire counts as "${what}" is scraped with its protocol, network and rule`, () => {
    assert.ok(scraped({ [what]: 5 }).includes(line), scraped({ [what]: 5 }).join('\n'))
  })
}

test('each family says once what it means and of which kind it is, before its samples', () => {
  const lines = scraped({ 'dhcp described': 1, 'vo dhcp described': 2 })
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('# HELP ')) continue
    const name = /^(?:# TYPE )?([a-z_]+)/.exec(line)?.[1]
    if (line.startsWith('# TYPE '))
      assert.match(lines[at - 1] ?? '', new RegExp(`^# HELP ${name} .`))
    else assert.match(line, sample)
  }
  const types = lines.filter((line) => line.startsWith('# TYPE '))
  assert.equal(new Set(types).size, types.length)
  assert.ok(types.includes('# TYPE coppice_dhcp_total counter'))
})

test('quotes, backslashes and line ends in a label are escaped, and start no line of their own', () => {
  const lines = scraped({ 'dhcp a"b\\c\nd 9': 1 })
  assert.ok(lines.includes('coppice_dhcp_total{network="own",rule="a\\"b\\\\c\\nd 9"} 1'))
})

test('a wire that counts without end does not fill Prometheus', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`dhcp r${at}`, 1]))
  assert.equal(scraped(many).filter((line) => line.startsWith('coppice_dhcp_total{')).length, 512)
})
