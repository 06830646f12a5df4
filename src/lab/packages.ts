// Why this file exists: the rack is built from Debian's own programs; what is missing is said once and all at once, or
// installed without leaving a service behind that nobody asked for.
import { existsSync } from 'node:fs'
import { Fault } from '#fault'
import { must, run } from './command.ts'
import { type LabPackage, labPackages } from './packages.table.ts'

const updateMsMax = 300_000
const installMsMax = 1_800_000

export function missingPackages(
  exists: (path: string) => boolean = existsSync,
): readonly LabPackage[] {
  return labPackages.filter(({ file }) => !exists(file))
}

export function installCommand(missing: readonly LabPackage[]): readonly string[] {
  const names = [...new Set(missing.map(({ name }) => name))]
  return ['apt-get', 'install', '-y', '--no-install-recommends', ...names]
}

/** Settles when nothing is missing any more. */
export async function ensurePackages(
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const missing = missingPackages()
  if (missing.length === 0) return
  const command = installCommand(missing)
  if (process.getuid?.() !== 0) throw wantsPackages(missing, command)
  print(`installing ${missing.map(({ name }) => name).join(' ')}`)
  await must(['apt-get', 'update', '-qq'], { deadlineMs: updateMsMax, signal })
  // Run level 1 keeps invoke-rc.d from starting what was only wanted as a program.
  const quietly = ['env', 'RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive']
  await must([...quietly, ...command], { deadlineMs: installMsMax, signal })
  for (const service of missing.flatMap(({ services }) => services ?? [])) await silence(service)
}

/** We installed it, so it served nobody before; systemd knows no run level and has started it. */
async function silence(service: string): Promise<void> {
  const systemd = existsSync('/run/systemd/system')
  await run(systemd ? ['systemctl', 'disable', '--now', service] : ['service', service, 'stop'])
}

function wantsPackages(missing: readonly LabPackage[], command: readonly string[]): Fault {
  return new Fault('CPC-LAB-009', {
    what: `${missing.length} Debian packages are missing`,
    where: missing.map(({ file }) => file).join(' '),
    why: 'they can be installed by root only',
    todo: command.join(' '),
  })
}

/** Namespaces, taps and ports under 1024. */
export function demandRoot(): void {
  if (process.getuid?.() === 0) return
  throw new Fault('CPC-LAB-008', {
    what: 'a rack cannot be raised',
    where: 'this user',
    why: 'network namespaces, taps and the ports of DHCP and TFTP want root',
    todo: 'run the same command as root',
  })
}
