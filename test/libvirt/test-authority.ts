// Why this file exists: TLS tests need certificates of every kind, good and bad, made on the spot so that none runs out.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface Wanted {
  /** `/O=lab/CN=kvm1` */
  readonly subject: string
  readonly usage: 'serverAuth' | 'clientAuth'
  /** `DNS:kvm1,IP:127.0.0.1` */
  readonly names?: string
  /** 0: it has run out as soon as it is made. */
  readonly days?: number
}

/** A CA that lives in a folder of its own, with openssl as its hands. */
export class TestAuthority {
  readonly folder: string
  readonly caPath: string

  constructor(folder: string) {
    this.folder = folder
    this.caPath = join(folder, 'ca.pem')
    openssl(
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/O=lab/CN=test ca'],
      ['-keyout', join(folder, 'ca.key'), '-out', this.caPath],
      ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    )
  }

  get ca(): string {
    return readFileSync(this.caPath, 'utf8')
  }

  issue(name: string, wanted: Wanted): KeyPair {
    const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((suffix) =>
      join(this.folder, `${name}.${suffix}`),
    )
    if (key === undefined || request === undefined || cert === undefined) throw new Error('no path')
    writeFileSync(extensions ?? '', extensionLines(wanted))
    openssl(
      ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', wanted.subject],
      ['-keyout', key, '-out', request],
    )
    openssl(
      ['x509', '-req', '-in', request, '-out', cert, '-days', String(wanted.days ?? 2)],
      [
        '-CA',
        this.caPath,
        '-CAkey',
        join(this.folder, 'ca.key'),
        '-CAcreateserial',
        '-extfile',
        extensions ?? '',
      ],
    )
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  }
}

/** libvirt 9 wants key encipherment on both sides. */
function extensionLines({ usage, names }: Wanted): string {
  const lines = ['keyUsage=digitalSignature,keyEncipherment', `extendedKeyUsage=${usage}`]
  return [...lines, ...(names === undefined ? [] : [`subjectAltName=${names}`])].join('\n')
}

function openssl(...parts: readonly (readonly string[])[]): void {
  execFileSync('/usr/bin/openssl', parts.flat(), { stdio: 'pipe' })
}
