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
  const path = join(of.dataDir, 'run', 'ldapi')
  if (Buffer.byteLength(path) > socketPathBytesMax) throw tooLong(path)
  return {
    url: `ldapi://${encodeURIComponent(path)}/`,
    bindDn: `cn=admin,${of.base}`,
    secretFile: join(of.dataDir, 'ldap-admin.secret'),
  }
}

function tooLong(path: string): Fault {
  return new Fault('CPC-LDAP-013', {
    what: 'the path of the data directory is too long for a unix socket',
    where: path,
    why: `a socket's path has at most ${socketPathBytesMax} bytes`,
    todo: 'use a shorter --data directory',
  })
}
