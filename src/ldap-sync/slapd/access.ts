// Why this file exists: the keeper starts the embedded directory and core signs in to it; both must find the same
// socket, name and secret.
import { join } from 'node:path'
import { Fault } from '#fault'

export interface EmbeddedAccess {
  readonly url: string
  readonly bindDn: string
  readonly secretFile: string
}

/** sun_path holds 108 bytes with its last NUL. */
const socketPathBytesMax = 107

export function embeddedAccess(of: {
  readonly dataDir: string
  readonly base: string
}): EmbeddedAccess {
  return {
    url: ldapiUrl(slapdSocket(of.dataDir)),
    bindDn: adminDn(of.base),
    secretFile: join(of.dataDir, 'ldap-admin.secret'),
  }
}

export function ldapiUrl(socketPath: string): string {
  return `ldapi://${encodeURIComponent(socketPath)}/`
}

/** For whoever is to read everything but passwords, and to change nothing: a replica, a report. */
export function readerAccess(of: {
  readonly dataDir: string
  readonly base: string
}): Omit<EmbeddedAccess, 'url'> {
  return { bindDn: readerDn(of.base), secretFile: join(of.dataDir, 'ldap-reader.secret') }
}

/** Below a folder that only its owner may enter. */
export function slapdSocket(dataDir: string): string {
  return socketBelow(dataDir, 'ldapi')
}

/** Where the slapd of a copy listens, for large orders. */
export function copySocket(dataDir: string): string {
  return socketBelow(dataDir, 'copy')
}

/** Where the keeper is asked for a copy. */
export function bulkSocket(dataDir: string): string {
  return socketBelow(dataDir, 'bulk')
}

function socketBelow(dataDir: string, name: 'ldapi' | 'copy' | 'bulk'): string {
  const path = join(dataDir, 'run', name)
  if (Buffer.byteLength(path) > socketPathBytesMax) throw tooLong(path)
  return path
}

export function adminDn(base: string): string {
  return `cn=admin,${base}`
}

export function readerDn(base: string): string {
  return `cn=reader,${base}`
}

function tooLong(path: string): Fault {
  return new Fault('CPC-LDAP-013', {
    what: 'the path of the data directory is too long for a unix socket',
    where: path,
    why: `a socket's path has at most ${socketPathBytesMax} bytes`,
    todo: 'use a shorter --data directory',
  })
}
