// Why this file exists: how well the directory is followed, as status shows it and as Prometheus counts it.
import type { DirectoryView } from '#api'
import type { Fault } from '#fault'
import { type DirectoryState, heldFault } from '#ldap-sync'

/** All of them are at /v1/directory/held. */
const heldShownMax = 20
/** What a gauge says of a time that never was. */
const never = -1

/** `room`: what is wrong with the disk that all of it lies on. */
export function directoryView(state: DirectoryState, now: number, room?: Fault): DirectoryView {
  const { kind, connection, counts, held, heldSince } = state
  return {
    state: held.length > 0 ? `${kind}, ${held.length} removals held` : kind,
    detail: troubleOf(state, room),
    ageSeconds: secondsSince(state.heardAt, now),
    copyAgeSeconds: secondsSince(state.copiedAt, now),
    connection,
    connections: counts.connections,
    cookiesRefused: counts.cookiesRefused,
    held: held.length,
    ...(heldSince === undefined ? {} : { heldSince: new Date(heldSince).toISOString() }),
    heldEntries: held.slice(0, heldShownMax).map(({ dn }) => dn),
  }
}

/** For people: what is wrong and what to do about it, most urgent first. */
function troubleOf(state: DirectoryState, room: Fault | undefined): string {
  const faults = [room, heldFault(state), state.fault].filter((fault) => fault !== undefined)
  const lines = faults.map(({ message, text }) => `${message} (${text.where}); ${text.todo}`)
  return [...lines, state.copyTrouble].filter((line) => line !== undefined).join('; ')
}

export type Figure = readonly [name: string, value: number]

export function directoryFigures(state: DirectoryState, now: number): readonly Figure[] {
  const { connection, counts, held } = state
  return [
    ['coppice_directory_age_seconds', secondsSince(state.heardAt, now)],
    ['coppice_directory_copy_age_seconds', secondsSince(state.copiedAt, now)],
    ['coppice_directory_held', held.length],
    ['coppice_directory_held_seconds', Math.max(0, secondsSince(state.heldSince, now))],
    ['coppice_directory_live', state.kind === 'live' ? 1 : 0],
    [`coppice_directory_connection{state="${connection}"}`, 1],
    ['coppice_directory_connections_total', counts.connections],
    ['coppice_directory_cookies_refused_total', counts.cookiesRefused],
    ['coppice_directory_refreshes_total', counts.refreshes],
    ['coppice_directory_steps_total', counts.steps],
    ['coppice_directory_changes_total', counts.changes],
  ]
}

function secondsSince(at: number | undefined, now: number): number {
  return at === undefined ? never : Math.max(0, Math.round((now - at) / 1000))
}
