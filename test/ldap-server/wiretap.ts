// Why this file exists: a test that says "in a delete phase" must know that there was one. This listens to what the
// server really said, between it and whoever follows it.
import { ldapLimits } from '#asn1'
import type { Connect } from '#ldap-sync'
import { Framer } from '../../src/ldap-sync/client/framer.ts'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import type { LdapMessage } from '../../src/ldap-sync/message/message.ts'
import {
  readSyncDone,
  readSyncInfo,
  readSyncState,
  syncOids,
} from '../../src/ldap-sync/sync/sync-control.ts'

export class Wiretap {
  /** In order: `refreshDelete`, `idSet of 3 gone`, `cookie by state`, `end 4096`… */
  readonly heard: string[] = []
  readonly #connect: Connect

  constructor(connect: Connect) {
    this.#connect = connect
  }

  readonly connect: Connect = async (url) => {
    const connection = await this.#connect(url)
    const framer = new Framer(ldapLimits)
    return {
      ...connection,
      onBytes: (take) =>
        connection.onBytes((bytes) => {
          framer.push(bytes, (message) => {
            const read = decodeMessage(message)
            if (read.ok) this.heard.push(...wordsOf(read.value))
          })
          take(bytes)
        }),
    }
  }
}

function wordsOf({ operation, controls }: LdapMessage): string[] {
  const valueOf = (oid: string) => controls.find((control) => control.oid === oid)?.value
  if (operation.kind === 'intermediate') return wordsOfInfo(operation.value ?? new Uint8Array())
  if (operation.kind === 'searchDone') {
    const done = readSyncDone(valueOf(syncOids.done) ?? new Uint8Array())
    const cookie = done.ok && done.value.cookie ? ['cookie by done'] : []
    return [...cookie, `end ${operation.result.code}`]
  }
  const state = readSyncState(valueOf(syncOids.state) ?? new Uint8Array())
  if (operation.kind !== 'searchEntry' || !state.ok) return []
  return [`entry ${state.value.state}`, ...(state.value.cookie ? ['cookie by state'] : [])]
}

function wordsOfInfo(value: Uint8Array): string[] {
  const info = readSyncInfo(value)
  if (!info.ok) return []
  const cookie = info.value.cookie ? ['cookie by info'] : []
  if (info.value.kind !== 'idSet') return [...cookie, info.value.kind]
  const what = info.value.refreshDeletes ? 'gone' : 'present'
  return [...cookie, `idSet of ${info.value.uuids.length} ${what}`]
}
