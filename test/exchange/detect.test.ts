// Why this file exists: a file that is taken for another format loses half of what it says; so only what is unmistakable is
// told by its content, and everything else must be named.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFormat, importCharactersMax, importFilesMax, importFiles } from '#exchange'
import { ask, domain, leftOut, refused, taken } from './told.ts'

for (const [format, text] of [
  ['dhcpd', '# dhcpd\n\nsubnet 10.0.0.0 netmask 255.0.0.0 {\n}\n'],
  ['dhcpd', '\thost a { hardware ethernet 52:54:00:00:00:01; }'],
  ['kea', '/* x */ // y\n{\n  "Dhcp4": {}\n}'],
  ['dnsmasq', '# x\ninterface=eth0\ndhcp-range=10.0.0.1,10.0.0.9,255.0.0.0,1h\n'],
  ['hosts', '# x\n127.0.0.1 localhost\n10.0.0.1 a b # c\n'],
  ['hosts', '52:54:00:00:00:01 a\n'],
  ['csv', 'MAC;Name\n52:54:00:00:00:01;a\n'],
  ['warewulf', 'nodes:\n  n1: {}\n'],
  ['warewulf', 'WW_INTERNAL: 43\nnodeprofiles: {}\n'],
] as const) {
  test(`${format} is told by: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.equal(taken(text).format, format)
  })
}

for (const [what, text] of [
  ['an empty file', ''],
  ['prose', 'Dear all,\nthe subnet 10.0.0.0 is full.\nBest\n'],
  ['a shell script', '#!/bin/sh\nfor host in a b; do echo $host; done\n'],
  ['a named.conf', 'options { directory "/var"; };\nzone "x" { type master; };\n'],
  ['any YAML', 'version: 1\nmachines: []\n'],
  ['any JSON', '{ "subnet4": [] }'],
  ['an ini file', '[main]\nkey=value\n'],
  ['random bytes', String.fromCharCode(...Array.from({ length: 200 }, (_, at) => (at * 73) % 256))],
  ['a list of addresses', '10.0.0.1\n10.0.0.2\n'],
  ['two formats in one', 'nodes:\nhost a { }\n'],
] as const) {
  test(`${what} is taken for nothing`, () => {
    const result = ask(text)
    assert.ok(!result.ok)
    assert.deepEqual(
      result.refusal.map(({ code }) => code),
      ['CPC-IMP-001'],
    )
  })
}

test('files of one import are of one format', () => {
  assert.deepEqual(refused({ 'a.conf': 'host a { }', 'nodes.conf': 'nodes: {}\n' }), [
    'nodes.conf: it looks like warewulf, and a.conf like dhcpd',
  ])
})

test('a format that is named is believed', () => {
  assert.equal(taken('', { format: 'dhcpd' }).machines.length, 0)
  assert.equal(findFormat('ISC'), 'dhcpd')
  assert.equal(findFormat('ethers'), 'hosts')
  assert.equal(findFormat('toString'), undefined)
})

test('too many and too large files are refused before they are read', () => {
  const many = Array.from({ length: importFilesMax + 1 }, (_, at) => ({ name: `f${at}`, text: '' }))
  const options = { domains: [domain], known: [] }
  const large = [{ name: 'f', text: 'x'.repeat(importCharactersMax + 1) }]
  for (const files of [many, large]) {
    const result = importFiles(files, options)
    assert.ok(!result.ok)
    assert.equal(result.refusal[0]?.code, 'CPC-IMP-003')
  }
})

test('100,000 machines are the most, and one more is told in bounded time', () => {
  const lines = Array.from({ length: 100_001 }, (_, at) => {
    const octets = [at >> 16, (at >> 8) & 255, at & 255]
    const mac = octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':')
    return `52:54:00:${mac},n${at},10.${octets.join('.')}`
  })
  const before = process.threadCpuUsage()
  const [more] = refused(`mac,name,ip\n${lines.join('\n')}\n`)
  assert.ok(process.threadCpuUsage(before).user < 10_000_000)
  assert.match(more ?? '', /they describe 100001 machines, and 100000 are the most$/)
})

test('reasons are bounded, and how many more there are is said', () => {
  const outcome = taken('::1 x\n'.repeat(20_005), { format: 'hosts' })
  assert.equal(outcome.leftOut.length, 20_001)
  assert.match(leftOut(outcome).at(-1) ?? '', /5 further things: only the first 20000 are listed/)
})
