// Why this file exists: what `coppice init` writes is the first thing that `coppice serve` reads.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleSettings, readSettings, type Settings } from '#config'
import { parseDnsName } from '#directory'
import fc from 'fast-check'

const domain = parseDnsName('cluster.test') ?? assert.fail()

function read(text: string): Settings {
  const result = readSettings(text, 'coppice.yaml', '/data')
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

/** What stands in the file beside what the options say must be what is true without it. */
const defaults = read(
  '{ version: 1, domain: cluster.test, interfaces: [x], directory: { embedded: } }',
)

const domains = fc
  .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?$/), { minLength: 1, maxLength: 3 })
  .map((labels) => parseDnsName(labels.join('.')) ?? assert.fail())

test('what init writes is read back as what was asked for, whatever the names are', () => {
  const options = fc.record({
    domain: domains,
    interfaces: fc.uniqueArray(fc.stringMatching(/^[a-z0-9@#*&!?'"-]{1,15}$/), { minLength: 1 }),
    site: fc.stringMatching(/^[^\p{Cc}]{1,40}$/u),
  })
  fc.assert(
    fc.property(options, ({ domain, interfaces, site }) => {
      const base = domain.split('.').map((one) => `dc=${one}`)
      const directory = { ...defaults.directory, base: base.join(',') }
      const settings = read(exampleSettings({ domain, interfaces, site }))
      assert.deepEqual(settings, { ...defaults, domain, interfaces, site, directory })
    }),
  )
})

test('what init writes for an external directory is read back', () => {
  const directory = {
    url: 'ldaps://ldap.example:636',
    base: 'dc=x',
    bindDn: 'cn=c: #1,dc=x',
    secretFile: '/etc/coppice/secret',
  }
  const text = exampleSettings({ domain, interfaces: ['eth0'], external: directory })
  const { removals } = defaults.directory
  assert.deepEqual(read(text).directory, { kind: 'external', ...directory, removals })
})

test('what init writes explains each of its keys', () => {
  const text = exampleSettings({ domain, interfaces: ['eth0'] })
  const keys = text
    .split('\n')
    .flatMap((line, at, lines) => (/^[a-z]/.test(line) ? [lines[at - 1]?.startsWith('#')] : []))
  assert.equal(keys.length, 12)
  assert.ok(keys.every(Boolean))
})
