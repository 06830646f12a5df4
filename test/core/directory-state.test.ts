// Why this file exists: how the directory is followed must be seen from outside: by status, by metrics and in the log, in
// a storm too.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseUuid } from '#directory'
import { Fault } from '#fault'
import { type DirectoryState } from '#ldap-sync'
import { directoryTeller } from '../../src/core/directory-log.ts'
import { directoryFigures, directoryView } from '../../src/core/services/directory-view.ts'
import { tooSlow } from '../../src/ldap-sync/client/fault.ts'

const now = 1_700_000_100_000
const counts = { connections: 3, cookiesRefused: 1, refreshes: 2, steps: 9, changes: 40 }
const live: DirectoryState = {
  kind: 'live',
  connection: 'following',
  counts,
  heardAt: now - 5_000,
  copiedAt: now - 60_000,
  rawEntries: 100,
  held: [],
}

function holding(count: number): DirectoryState {
  const held = Array.from({ length: count }, (_, at) => ({
    id: parseUuid((at + 1).toString(16).padStart(32, '0')) ?? assert.fail(),
    dn: `cn=n${at + 1},ou=machines,dc=x`,
  }))
  return { ...live, held, heldSince: now - 30_000 }
}

const away: DirectoryState = {
  ...live,
  kind: 'away',
  connection: 'pausing',
  fault: tooSlow('the directory fell silent', 'ldap://dir', 60_000),
}

test('status says how old what is served is, how old its copy, and how the connection fares', () => {
  const { detail, ...view } = directoryView(live, now)
  assert.equal(detail, '')
  assert.deepEqual(view, {
    state: 'live',
    ageSeconds: 5,
    copyAgeSeconds: 60,
    connection: 'following',
    connections: 3,
    cookiesRefused: 1,
    held: 0,
    heldEntries: [],
  })
})

test('status names what is held, since when, and what to do', () => {
  const view = directoryView(holding(50), now)
  assert.deepEqual([view.state, view.held], ['live, 50 removals held', 50])
  assert.equal(view.heldSince, new Date(now - 30_000).toISOString())
  assert.deepEqual([view.heldEntries[0], view.heldEntries.length], ['cn=n1,ou=machines,dc=x', 20])
  assert.match(view.detail, /^CPC-LDAP-057 50 entries .* coppice directory accept/)
})

test('status says why the directory is away, where, and what to do', () => {
  const { state, detail } = directoryView(away, now)
  assert.equal(state, 'away')
  assert.match(detail, /^CPC-LDAP-004 .*ldap:\/\/dir.*check the load/)
})

test('status tells of a full disk first, with its code', () => {
  const text = { what: 'the disk is full', where: '/data', why: 'none is free', todo: 'make room' }
  const { detail } = directoryView(away, now, new Fault('CPC-SRV-005', text))
  assert.match(
    detail,
    /^CPC-SRV-005 the disk is full: none is free \(\/data\); make room; CPC-LDAP-004/,
  )
})

test('metrics count removals that are held, their age, connections and refused cookies', () => {
  const figures = new Map(directoryFigures(holding(7), now))
  assert.equal(figures.get('coppice_directory_held'), 7)
  assert.equal(figures.get('coppice_directory_held_seconds'), 30)
  assert.equal(figures.get('coppice_directory_copy_age_seconds'), 60)
  assert.equal(figures.get('coppice_directory_connections_total'), 3)
  assert.equal(figures.get('coppice_directory_cookies_refused_total'), 1)
  assert.equal(figures.get('coppice_directory_connection{state="following"}'), 1)
  assert.equal(new Map(directoryFigures(live, now)).get('coppice_directory_held_seconds'), 0)
})

function told(states: readonly DirectoryState[]): string[] {
  const lines: string[] = []
  const teller = directoryTeller((kind, _subject, text) => lines.push(`${kind}: ${text}`))
  for (const state of states) teller(state)
  return lines
}

test('the log says each change once: away with its age and fault, then live', () => {
  const quiet = { ...live, counts: { ...counts, cookiesRefused: 0 } }
  const gone = { ...away, counts: { ...counts, cookiesRefused: 0 } }
  const lines = told([quiet, quiet, gone, gone, quiet])
  assert.equal(lines.length, 3)
  assert.equal(lines[0], 'directory: live')
  assert.match(lines[1] ?? '', /^alarm: away; what is served was confirmed at .*CPC-LDAP-004/)
})

test('the log says that a cookie was refused', () => {
  const lines = told([{ ...live, counts: { ...counts, cookiesRefused: 0 } }, live, live])
  assert.equal(lines.filter((line) => line.includes('cookie')).length, 1)
})

test('a flood of removals that are held one by one is a dozen lines of log', () => {
  const lines = told(Array.from({ length: 1_000 }, (_, at) => holding(at)))
  assert.ok(lines.length < 15, `${lines.length} lines`)
  assert.match(lines.at(-1) ?? '', /^alarm: live; CPC-LDAP-057/)
})
