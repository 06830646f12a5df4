// Why this file exists: what apt answers is text for people; what we take from it must hold for all its spellings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archiveName, parseSimulation } from '../../src/recipe/packages.ts'

test('packages, versions and architectures are read from what apt would install, sorted by name', () => {
  const text = [
    'NOTE: This is only a simulation!',
    'Inst libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64]) []',
    'Inst busybox-static (1:1.35.0-4+b1 Debian:12/oldstable, Debian-Security:12/oldstable [amd64])',
    'Inst netbase [6.3] (6.4 Debian:12.15/oldstable [all])',
    'Conf libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64])',
  ].join('\n')
  assert.deepEqual(parseSimulation(text), [
    { name: 'busybox-static', version: '1:1.35.0-4+b1', architecture: 'amd64' },
    { name: 'libc6', version: '2.36-9+deb12u14', architecture: 'amd64' },
    { name: 'netbase', version: '6.4', architecture: 'all' },
  ])
})

test('an epoch is spelt in the file name as apt spells it', () => {
  assert.equal(
    archiveName({ name: 'qemu-utils', version: '1:7.2+dfsg-7', architecture: 'amd64' }),
    'qemu-utils_1%3a7.2+dfsg-7_amd64.deb',
  )
})
