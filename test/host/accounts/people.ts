// Why this file exists: persons and a host as the tests of accounts know them; the host's own files are those of the image.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseUuid, type Person } from '#directory'
import type { BaseFiles } from '#host'

export const imageFolder = join(import.meta.dirname, '../../../images/kvm-host/root')
export const accountsFolder = join(imageFolder, 'usr/lib/coppice/accounts')

function own(name: keyof BaseFiles): string {
  return readFileSync(join(accountsFolder, name), 'utf8')
}

export const base: BaseFiles = {
  passwd: own('passwd'),
  group: own('group'),
  shadow: own('shadow'),
  sudoers: own('sudoers'),
  shells: own('shells'),
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export const key = `ssh-ed25519 ${'A'.repeat(68)}`
export const otherKey = `ssh-ed25519 ${'B'.repeat(68)}`

let count = 0
export function person(more: Partial<Person> = {}): Person {
  count += 1
  const id = parseUuid(count.toString(16).padStart(32, '0'))
  assert.ok(id !== undefined)
  const uid = more.uid ?? 'ada'
  return {
    kind: 'person',
    id,
    dn: `uid=${uid},ou=people,dc=cluster,dc=test`,
    uid,
    uidNumber: 10_001,
    sshKeys: [key],
    tags: ['gpu'],
    sudo: false,
    ...more,
  }
}
