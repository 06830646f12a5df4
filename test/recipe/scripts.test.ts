// Why this file exists: the scripts of a host run where nobody is logged in; what a shell can say about them
// beforehand it says here, and what comes over the wire is laid before them.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { needs } from '../needs.ts'

const images = join(import.meta.dirname, '../../images')
const root = join(images, 'kvm-host/root')
const busybox = '/usr/bin/busybox'
const needsBusybox = needs('busybox-static', busybox)
const work = mkdtempSync(join(tmpdir(), 'coppice-scripts-'))
after(() => rmSync(work, { recursive: true, force: true }))

/** All of an image that is ours: /root beside recipe.yaml, and /initrd where it has a disk. */
const files = readdirSync(images, { recursive: true, withFileTypes: true })
  .filter((item) => item.isFile() && /\/(root|initrd)(\/|$)/.test(item.parentPath))
  .map((item) => join(item.parentPath, item.name))
const words = join(root, 'usr/lib/coppice/words')
const scripts = files.filter(
  (file) =>
    file.endsWith('/words') ||
    /^#!(\/bin\/sh|\/usr\/bin\/busybox sh)\n/.test(readFileSync(file, 'utf8')),
)

test('the shell of an image reads each of its scripts', { ...needsBusybox }, () => {
  assert.ok(scripts.length >= 17, `only ${scripts.length} scripts`)
  for (const script of scripts) {
    const read = spawnSync(busybox, ['sh', '-n', script], { encoding: 'utf8' })
    assert.equal(read.status, 0, `${script}: ${read.stderr}`)
  }
})

test('each script and setting of an image says why it exists', () => {
  const noComments = new Set(['passwd', 'group', 'shadow', 'shells', 'nsswitch.conf', 'whole'])
  const silent = files.filter(
    (file) =>
      !noComments.has(file.split('/').at(-1) ?? '') &&
      !/^(#!.*\n)?# Why this file exists: /.test(readFileSync(file, 'utf8')),
  )
  assert.deepEqual(silent, [])
})

for (const image of ['kvm-host', 'voc-compute']) {
  test(`what process 1 of ${image} starts is in the image`, () => {
    const folder = join(images, image, 'root')
    const inittab = readFileSync(join(folder, 'etc/inittab'), 'utf8')
    const started = [...inittab.matchAll(/:(\/usr\/lib\/\S+)/g)]
    assert.ok(started.length >= 4)
    for (const [, path = ''] of started) assert.ok(files.includes(join(folder, path)), path)
  })
}

/** What a piece of shell prints after the words of the image were read, with `host.env` as the appliance sent it. */
function shell(piece: string, hostEnv: string, input = ''): string {
  writeFileSync(join(work, 'host.env'), hostEnv)
  const code = `. ${words}; state=${work}; ${piece}`
  return execFileSync(busybox, ['sh', '-c', code], { encoding: 'utf8', input })
}

for (const [sentence, hostEnv, value] of [
  ['a plain value is taken', 'COPPICE_NAME=n001.cluster.test\n', 'n001.cluster.test\n'],
  ['HOSTILE 66: a value with shell in it is none', 'COPPICE_NAME=$(reboot)\n', ''],
  ['HOSTILE 66: a value with a quote that would end a setting is none', 'COPPICE_NAME=a"b\n', ''],
  ['a star is no plain character', 'COPPICE_NAME=n*\n', ''],
  ['of two values the first counts', 'COPPICE_NAME=a\nCOPPICE_NAME=b\n', 'a\n'],
  ['a name that only ends alike is another', 'XCOPPICE_NAME=a\n', ''],
] as const) {
  test(`${sentence}, in what the appliance sends at enrolment`, { ...needsBusybox }, () => {
    assert.equal(shell('setting COPPICE_NAME', hostEnv), value)
  })
}

test('several allowed names may be sent, and these may hold a star', { ...needsBusybox }, () => {
  const hostEnv = 'COPPICE_DN=O=lab,CN=appliance\nCOPPICE_DN=O=lab,CN=n*\nCOPPICE_DN=O=x";\n'
  assert.equal(shell("setting COPPICE_DN '*' 16", hostEnv), 'O=lab,CN=appliance\nO=lab,CN=n*\n')
})

test(
  'an answer from the wire is one short line on the console, whatever is in it',
  {
    ...needsBusybox,
  },
  () => {
    const line = shell('one_line', '', `<html>\n\u001b[2J${'x'.repeat(1000)}`)
    assert.match(line, /^ ?html [A-Za-z0-9.,:;_/@=()+ -]*$/)
    assert.ok(line.length <= 300)
  },
)
