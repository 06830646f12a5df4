// Why this file exists: core's decisions are tested with a real store and a real authority, and no socket at all.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  applyDeltas,
  emptySnapshot,
  type Machine,
  parseDnsName,
  parseIp4,
  parseMac,
  parseUuid,
} from '#directory'
import { HostKeeper, type LibvirtSession } from '#host'
import { openCoreStore } from '#store'
import { openAuthority } from '#trust'
import { EventHub } from '../../src/core/events.ts'
import { Sightings } from '../../src/core/sightings.ts'

export function known<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

export const mac = known(parseMac('52:54:00:77:00:11'))
export const address = known(parseIp4('10.77.0.20'))
export const bios = known(parseUuid('11111111-2222-4333-8444-555555550001'))
export const machine: Machine = {
  kind: 'machine',
  id: known(parseUuid('c03633f4-799e-1041-98f0-37d112ee0e86')),
  dn: 'cn=n001,ou=machines,dc=cluster,dc=test',
  name: known(parseDnsName('n001')),
  aliases: [],
  nics: [{ id: known(parseUuid('c03633f4-799e-1041-98f0-37d112ee0e86')), macs: [mac], address }],
  tags: [],
  role: 'host',
  uuid: bios,
  bootParameters: [],
}

/** A key and a request of a host, as its first stage makes them. */
export function certificateRequest(): string {
  const argv = ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null']
  return execFileSync('openssl', [...argv, '-subj', '/CN=host'], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
}

export async function openHouse(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-core-'))
  const clock = { now: 1_790_000_000_000 }
  const now = (): number => clock.now
  const store = openCoreStore(join(folder, 'core.db'), now)
  const events = new EventHub(now, () => undefined)
  const snapshot = applyDeltas(emptySnapshot(known(parseDnsName('cluster.test'))), [
    { kind: 'put', entry: machine },
  ])
  const session: { current?: LibvirtSession } = {}
  const hosts = new HostKeeper({
    store: { loadLives: () => [], saveLife: () => undefined },
    reach: {
      portIsOpen: () => Promise.resolve(true),
      connect: () => Promise.resolve(known(session.current)),
      imageStore: () => Promise.resolve({ ok: true, detail: 'mounted' }),
    },
    now,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    patience: 1,
    addressOf: () => address,
    isHost: () => true,
    onChange: () => undefined,
  })
  const authority = await openAuthority({
    dir: join(folder, 'ca'),
    name: 'test',
    now: now(),
    modulusBits: 2048,
  })
  t.after(() => {
    hosts[Symbol.dispose]()
    store[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })
  const parts = { store, events, hosts, snapshot: () => snapshot, now, onVcn: () => undefined }
  const remembered: string[] = []
  return {
    ...parts,
    clock,
    session,
    remembered,
    authority,
    sightings: new Sightings(parts),
    enrolment: {
      ...parts,
      authority,
      isSettling: () => false,
      nfsSource: '10.77.0.1:/images',
      authorizedKey: 'ssh-ed25519 AAAA coppice',
      rememberHostKey: (_machine: string, line: string) => void remembered.push(line),
    },
  }
}
