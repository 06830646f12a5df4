// Why this file exists: what lies under the boot root is handed to anybody on the wire; a key that somebody copied
// there is no secret any more (HOSTILE 68).
import { closeSync, openSync, opendirSync, readSync } from 'node:fs'
import { join } from 'node:path'

export interface KeyFinding {
  readonly code: 'CPC-TLS-004'
  readonly path: string
  readonly why: string
}

/** Images are large; a key in a boot tree stands at the head of its file. */
const headBytes = 16 * 1024
export const filesLookedAtMax = 100_000
const depthMax = 32

const signs: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/, 'it holds a private key in PEM'],
  [/-----BEGIN PGP PRIVATE KEY BLOCK-----/, 'it holds a private PGP key'],
  [/^PuTTY-User-Key-File/, 'it holds a private key in PuTTY form'],
]
/** PKCS #12 and DER have no words to find; their names give them away. */
const keyName = /\.(key|p12|pfx|jks)$|^(id_(rsa|ecdsa|ed25519|dsa)|ssh_host_\w+_key|.*\.secret)$/i

/** Every file below the root that must not be served. Links are not followed: the server does not either. */
export function lintBootRoot(root: string): readonly KeyFinding[] {
  const findings: KeyFinding[] = []
  let looked = 0
  for (const path of filesBelow(root, 0)) {
    looked += 1
    if (looked > filesLookedAtMax) break
    const why = suspicion(path)
    if (why) findings.push({ code: 'CPC-TLS-004', path, why })
  }
  return findings
}

function* filesBelow(folder: string, depth: number): Generator<string> {
  if (depth > depthMax) return
  const open = opendirSync(folder)
  try {
    for (let item = open.readSync(); item; item = open.readSync()) {
      const path = join(folder, item.name)
      if (item.isDirectory()) yield* filesBelow(path, depth + 1)
      else if (item.isFile()) yield path
    }
  } finally {
    open.closeSync()
  }
}

function suspicion(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (keyName.test(name)) return 'its name is that of a key or a secret'
  const head = headOf(path)
  return signs.find(([sign]) => sign.test(head))?.[1]
}

function headOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(headBytes)
    return head.toString('latin1', 0, readSync(file, head, 0, headBytes, 0))
  } finally {
    closeSync(file)
  }
}
