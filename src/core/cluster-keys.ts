// Why this file exists: the nodes of a cluster open to one key of SSH, ours and their own: it is made once for each cluster,
// kept by us, and opens nothing else.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Label } from '#directory'
import { Fault } from '#fault'
import { keyPairArgv } from '#hpl'
import type { ClusterKeyTable } from '#store'

export interface KeyPair {
  /** One line, as ssh-keygen writes it. */
  readonly publicKey: string
  /** The private half, in OpenSSH's form. */
  readonly secret: string
}

const keygenDeadlineMs = 20_000
const run = promisify(execFile)

export class ClusterKeys {
  readonly #table: ClusterKeyTable
  readonly #folder: string
  /** Two nodes of a new cluster ask at once, and must get the same. */
  readonly #making = new Map<string, Promise<KeyPair>>()

  /** `folder`: of ours, 0700, where a key may lie for a moment. */
  constructor(table: ClusterKeyTable, folder: string) {
    this.#table = table
    this.#folder = folder
  }

  find(vo: Label, cluster: Label): KeyPair | undefined {
    return this.#table.find(vo, cluster)
  }

  async ensure(vo: Label, cluster: Label): Promise<KeyPair> {
    const known = this.find(vo, cluster)
    if (known !== undefined) return known
    const subject = `${vo}/${cluster}`
    const started = this.#making.get(subject) ?? this.#make(vo, cluster)
    this.#making.set(subject, started)
    try {
      return await started
    } finally {
      this.#making.delete(subject)
    }
  }

  /** Nothing opens to it any more: the cluster is gone. */
  remove(vo: Label, cluster: Label): void {
    this.#table.remove(vo, cluster)
  }

  async #make(vo: Label, cluster: Label): Promise<KeyPair> {
    const pair = await makeKeyPair(this.#folder)
    this.#table.add(vo, cluster, pair)
    return pair
  }
}

/** A fresh pair that lies in no file any more when this returns. */
export async function makeKeyPair(folder: string): Promise<KeyPair> {
  try {
    // mkdtemp makes it 0700.
    const place = mkdtempSync(join(folder, 'key-'))
    try {
      const keyFile = join(place, 'key')
      const [program, ...argv] = keyPairArgv(keyFile)
      await run(program, argv, { timeout: keygenDeadlineMs })
      return {
        publicKey: readFileSync(`${keyFile}.pub`, 'utf8').trim(),
        secret: readFileSync(keyFile, 'utf8'),
      }
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  } catch (cause) {
    throw new Fault(
      'CPC-HPL-011',
      {
        what: 'no pair of SSH keys could be made',
        where: folder,
        why: cause instanceof Error ? cause.message : String(cause),
        todo: 'look whether ssh-keygen (openssh-client) is installed and the disk has room',
      },
      { cause },
    )
  }
}
