// Why this file exists: who writes a recipe learns of every mistake at once, each with its place.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseRecipe } from '../../src/recipe/recipe.ts'

const least = `version: 1
name: tiny
kernel: { package: linux-image-cloud-amd64 }
packages: [busybox-static]
limits: { initrd: 2MiB, unpacked: 1GiB }
`

test('the least recipe is read, with its defaults and its sizes in bytes', () => {
  const parsed = parseRecipe(least)
  assert.ok(parsed.ok)
  assert.deepEqual(parsed.value.limits, { initrd: 2 * 2 ** 20, unpacked: 2 ** 30 })
  assert.deepEqual(parsed.value.programs, [])
  assert.deepEqual(parsed.value.kernel.alternatives, {})
})

test('the recipe of the KVM host is read', () => {
  const file = join(import.meta.dirname, '../../images/kvm-host/recipe.yaml')
  const parsed = parseRecipe(readFileSync(file, 'utf8'))
  assert.ok(parsed.ok)
  assert.ok(parsed.value.kernel.alternatives['linux-image-amd64']?.modules.includes('e1000e'))
})

for (const [sentence, text, places] of [
  ['an unknown key is shown where it stands', `${least}pakages: []\n`, ['6:1']],
  [
    'a missing key is shown at the beginning of what lacks it',
    least.replace('name: tiny\n', ''),
    ['1:1'],
  ],
  [
    'two mistakes are shown together',
    least.replace('2MiB', '2MB').replace('busybox-static', 'Busy_Box'),
    ['4:12', '5:19'],
  ],
  ['text that is not YAML is shown where it ends to be', 'version: 1\nname: [a\n', ['3:1']],
  ['a path that climbs is refused', `${least}files: [/usr/../etc/shadow]\n`, ['6:9']],
  ['a path that is not absolute is refused', `${least}programs: [bin/sh]\n`, ['6:12']],
  ['a link that holds a blank is refused', `${least}links: { /bin/x: "a b" }\n`, ['6:18']],
  [
    'a disk without modules that find it is refused',
    `${least}disk: { size: 1GiB, modules: [] }\n`,
    ['6:30'],
  ],
  ['another version is refused', least.replace('version: 1', 'version: 2'), ['1:10']],
] as const) {
  test(sentence, () => {
    const parsed = parseRecipe(text)
    assert.ok(!parsed.ok)
    assert.deepEqual(
      parsed.refusal.map(({ line, column }) => `${line}:${column}`),
      places,
      JSON.stringify(parsed.refusal),
    )
    assert.ok(parsed.refusal.every(({ why }) => why !== ''))
  })
}
