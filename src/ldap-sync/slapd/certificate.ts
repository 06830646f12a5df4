// Why this file exists: slapd reads its certificate when it starts. A new one is taken into service by the running
// slapd, so that nobody who is connected notices.
import { renameSync, writeFileSync } from 'node:fs'
import { keeperDn } from './config.ts'
import { changeRunning, type RunningSlapd } from './running.ts'

/** Whole or not at all; the key is for its owner. */
export function writeTlsFile(path: string, pem: string): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, pem, { mode: 0o600, flush: true })
  renameSync(fresh, path)
}

/** slapd reads its files again when it is told their names again. */
export async function takeCertificate(slapd: RunningSlapd, tlsFile: string): Promise<void> {
  await changeRunning(slapd, keeperDn, 'olcTLSCertificateFile', tlsFile)
}
