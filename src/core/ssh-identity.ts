// Why this file exists: our own SSH key is made once, and each host's key is remembered under its machine id.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SshIdentity } from '#host'

const keygenDeadlineMs = 10_000
const run = promisify(execFile)

export interface OwnSsh {
  readonly identity: SshIdentity
  readonly publicKey: string
  remember(machineId: string, line: string): void
}

export async function openSshIdentity(dataDir: string): Promise<OwnSsh> {
  const folder = join(dataDir, 'ssh')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const keyFile = join(folder, 'id_ed25519')
  const knownHostsFile = join(folder, 'known_hosts')
  if (!existsSync(keyFile)) {
    const argv = ['-q', '-t', 'ed25519', '-N', '', '-C', 'coppice', '-f', keyFile]
    await run('ssh-keygen', argv, { timeout: keygenDeadlineMs })
  }
  return {
    identity: { keyFile, knownHostsFile },
    publicKey: readFileSync(`${keyFile}.pub`, 'utf8').trim(),
    remember(machineId, line) {
      const known = existsSync(knownHostsFile) ? readFileSync(knownHostsFile, 'utf8') : ''
      const others = known
        .split('\n')
        .filter((one) => one !== '' && !one.startsWith(`${machineId} `))
      const next = `${knownHostsFile}.next`
      writeFileSync(next, `${others.map((one) => `${one}\n`).join('')}${line}`, { mode: 0o600 })
      renameSync(next, knownHostsFile)
    },
  }
}
