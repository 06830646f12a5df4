// Why this file exists: tftpd-hpa and atftpd are both /usr/sbin/in.tftpd and cannot be installed beside each other; the
// battery wants both, so one of them may lie elsewhere.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const installed = '/usr/sbin/in.tftpd'
const apt = '/usr/bin/apt-get'
const fetchDeadlineMs = 60_000

export interface FoundProgram {
  /** Absent: it is not here and could not be fetched. */
  readonly path?: string
  readonly forget: () => void
}

/** The one that TFTPD_HPA names, the one that is installed, or the package, unpacked where nothing knows of it. */
export function findTftpdHpa(): FoundProgram {
  const named = process.env['TFTPD_HPA'] ?? installed
  if (isTftpdHpa(named)) return { path: named, forget: () => undefined }
  const folder = mkdtempSync(join(tmpdir(), 'coppice-tftpd-hpa-'))
  const forget = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    return { path: unpackInto(folder), forget }
  } catch {
    forget()
    return { forget: () => undefined }
  }
}

/** Not by its name, for the other one has that, too. */
function isTftpdHpa(path: string): boolean {
  return (
    spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('tftp-hpa') ?? false
  )
}

/** What is downloaded is checked by apt, and nothing of it is run but the program itself. */
function unpackInto(folder: string): string {
  const options = { cwd: folder, stdio: 'pipe', timeout: fetchDeadlineMs } as const
  execFileSync(apt, ['download', 'tftpd-hpa'], options)
  const [archive = ''] = readdirSync(folder)
  execFileSync('/usr/bin/dpkg', ['-x', archive, '.'], options)
  return join(folder, installed)
}
