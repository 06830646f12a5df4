// Why this file exists: the judgement about a machine, as a function of the configuration and of what probes see.
import { dirname, join } from 'node:path'
import type { Settings } from '#config'
import {
  loaderFolder,
  otherLoaders,
  slapdPackage,
  type UsedPackage,
  usedPackages,
} from './packages.table.ts'

export interface Finding {
  readonly verdict: 'ok' | 'warning' | 'error'
  readonly subject: string
  readonly finding: string
  readonly remedy?: string
}

export interface OtherServer {
  readonly address?: string
  readonly mac?: string
  readonly lastSeen: string
  readonly what: string
}

export interface Probes {
  isThere(path: string): boolean
  isWritable(path: string): boolean
  isRoot(): boolean
  /** Whether an appliance serves from this data directory now: then the ports are its own. */
  isServing(dataDir: string): boolean
  /** What the appliance that serves from this data directory has heard; rejects when it does not say. */
  otherServers(dataDir: string): Promise<readonly OtherServer[]>
  /** Milliseconds since 1970. */
  now(): number
  /** Name → IPv4 addresses. */
  interfaces(): ReadonlyMap<string, readonly string[]>
  /** Why nothing can listen there; `undefined` when something can. */
  whyNotFree(kind: 'udp' | 'tcp', address: string, port: number): Promise<string | undefined>
  /** Of the file system that holds the folder. */
  freeBytes(path: string): number
  /** Rejects with a Fault when apt-get fails. */
  install(packages: readonly string[]): Promise<void>
}

const freeBytesWanted = 2 * 1024 ** 3

export async function examine(
  settings: Settings | undefined,
  dataDir: string,
  probes: Probes,
): Promise<readonly Finding[]> {
  return [
    examineRights(probes),
    ...examinePrograms(settings, probes),
    ...examineLoaders(dataDir, probes),
    ...(settings === undefined ? [noSettings()] : examineInterfaces(settings, probes)),
    ...(settings === undefined ? [] : await examinePorts(settings, dataDir, probes)),
    ...(settings?.services.dhcp === 'authoritative'
      ? await examineServers(settings, dataDir, probes)
      : []),
    examineDisk(existing(dataDir, probes), probes),
  ]
}

/** Packages whose file is not there, in the order of the table. */
export function installable(probes: Pick<Probes, 'isThere'>): readonly string[] {
  return usedPackages.filter(({ file }) => !probes.isThere(file)).map(({ name }) => name)
}

function examineRights(probes: Probes): Finding {
  return probes.isRoot()
    ? { verdict: 'ok', subject: 'rights', finding: 'this is root' }
    : {
        verdict: 'error',
        subject: 'rights',
        finding: 'this is not root: ports below 1024 and raw packets are closed to us',
        remedy: 'run it as root: sudo coppice serve',
      }
}

function examinePrograms(settings: Settings | undefined, probes: Probes): readonly Finding[] {
  const isExternal = settings?.directory.kind === 'external'
  return usedPackages
    .filter((one) => !(isExternal && one === slapdPackage))
    .map((one) => examineProgram(one, probes))
}

function examineProgram({ name, file, use, isNeeded }: UsedPackage, probes: Probes): Finding {
  if (probes.isThere(file)) return { verdict: 'ok', subject: name, finding: file }
  return {
    verdict: isNeeded ? 'error' : 'warning',
    subject: name,
    finding: `${file} is missing (${use})`,
    remedy: `apt-get install --no-install-recommends ${name}`,
  }
}

/** A loader that is not there is not offered, and its machines boot their own disks. */
function examineLoaders(dataDir: string, probes: Probes): readonly Finding[] {
  return otherLoaders.map(({ file, machines }): Finding => {
    const own = join(dataDir, 'loaders', file)
    const subject = `loader of ${machines} machines`
    const there = [own, join(loaderFolder, file)].find((path) => probes.isThere(path))
    if (there !== undefined) return { verdict: 'ok', subject, finding: there }
    const finding = `${file} is not installed: they get an address, and no file`
    const remedy = `if you have such machines, put an iPXE build for them at ${own}`
    return { verdict: 'warning', subject, finding, remedy }
  })
}

function noSettings(): Finding {
  return {
    verdict: 'warning',
    subject: 'configuration',
    finding: 'there is no coppice.yaml here, so interfaces and ports were not looked at',
    remedy: 'coppice init, then coppice doctor again',
  }
}

function examineInterfaces(settings: Settings, probes: Probes): readonly Finding[] {
  const there = probes.interfaces()
  return settings.interfaces.map((name): Finding => {
    const addresses = there.get(name) ?? []
    if (addresses.length > 0) {
      return { verdict: 'ok', subject: `interface ${name}`, finding: addresses.join(', ') }
    }
    return {
      verdict: 'error',
      subject: `interface ${name}`,
      finding: there.has(name) ? 'it has no IPv4 address' : 'there is no such interface',
      remedy: `give it an address (ip address add ADDRESS/BITS dev ${name}), or correct interfaces: in coppice.yaml`,
    }
  })
}

/** One that was silent for so long may have been unplugged. */
const recentMs = 3_600_000
const serversSubject = 'other DHCP servers'

/** A machine that takes the offer of another server boots what that one says. */
async function examineServers(
  { interfaces }: Settings,
  dataDir: string,
  probes: Probes,
): Promise<readonly Finding[]> {
  const subject = serversSubject
  if (!probes.isServing(dataDir)) {
    // Before the first start that is no fault of the machine's.
    const finding = 'not listened for yet: ask again while the appliance runs, which hears them'
    return [{ verdict: 'ok', subject, finding }]
  }
  try {
    const servers = await probes.otherServers(dataDir)
    const finding = `none was heard on ${interfaces.join(', ')} since the appliance was started`
    if (servers.length === 0) return [{ verdict: 'ok', subject, finding }]
    return servers.map((server) => serverFinding(server, probes.now()))
  } catch (error) {
    const finding = `the appliance does not say: ${error instanceof Error ? error.message : String(error)}`
    return [{ verdict: 'warning', subject, finding, remedy: 'look at coppice status' }]
  }
}

function serverFinding({ address, mac, lastSeen, what }: OtherServer, now: number): Finding {
  const who = `${address ?? 'of unknown address'}${mac === undefined ? ', card unknown' : ` with card ${mac}`}`
  const isRecent = now - Date.parse(lastSeen) < recentMs
  return {
    verdict: isRecent ? 'error' : 'warning',
    subject: serversSubject,
    finding: `${who} answers machines on our wire, last at ${lastSeen} (${what})`,
    remedy: `find ${mac ?? address ?? 'it'} in the tables of your switch and unplug it; or, if it is the right one, set services.dhcp to proxy`,
  }
}

interface Port {
  readonly kind: 'udp' | 'tcp'
  readonly address: string
  readonly port: number
  readonly use: string
}

async function examinePorts(
  settings: Settings,
  dataDir: string,
  probes: Probes,
): Promise<readonly Finding[]> {
  if (probes.isServing(dataDir)) {
    return [{ verdict: 'ok', subject: 'ports', finding: `the appliance of ${dataDir} is running` }]
  }
  const findings: Finding[] = []
  for (const { kind, address, port, use } of portsOf(settings, probes)) {
    const why = await probes.whyNotFree(kind, address, port)
    const subject = `${kind} ${address}:${port}`
    if (why === undefined) findings.push({ verdict: 'ok', subject, finding: `free for ${use}` })
    else {
      findings.push({
        verdict: 'error',
        subject,
        finding: `${use} cannot listen: ${why}`,
        remedy: `see who does: ss -lpn 'sport = :${port}'; stop it, or switch ${use} off in coppice.yaml`,
      })
    }
  }
  return findings
}

function portsOf(settings: Settings, probes: Probes): readonly Port[] {
  const { dhcp, dns, tftp, http } = settings.services
  const there = probes.interfaces()
  const addresses = settings.interfaces.flatMap((name) => there.get(name) ?? [])
  const onEach = addresses.flatMap((address): readonly Port[] => [
    ...(dhcp === 'off' ? [] : [{ kind: 'udp' as const, address, port: 67, use: 'dhcp' }]),
    ...(dns === 'off'
      ? []
      : [
          { kind: 'udp' as const, address, port: 53, use: 'dns' },
          { kind: 'tcp' as const, address, port: 53, use: 'dns' },
        ]),
    ...(tftp === 'off' ? [] : [{ kind: 'udp' as const, address, port: 69, use: 'tftp' }]),
    ...(http === 'off' ? [] : [{ kind: 'tcp' as const, address, port: 80, use: 'http' }]),
    { kind: 'tcp', address, port: settings.enrol.port, use: 'enrolment' },
  ])
  const api = settings.api.listen.map(({ host, port }): Port => ({
    kind: 'tcp',
    address: host,
    port,
    use: 'the API',
  }))
  return [...onEach, ...api]
}

function examineDisk(folder: string, probes: Probes): Finding {
  const subject = `disk of ${folder}`
  if (!probes.isWritable(folder)) {
    const remedy = 'choose another with --data, or run it as root'
    return { verdict: 'error', subject, finding: 'it cannot be written to', remedy }
  }
  const free = probes.freeBytes(folder)
  const finding = `${(free / 1024 ** 3).toFixed(1)} GiB free`
  return free >= freeBytesWanted
    ? { verdict: 'ok', subject, finding }
    : { verdict: 'warning', subject, finding, remedy: 'images need room: make some, or use --data' }
}

/** The folder, or the nearest one above it that exists already. */
function existing(folder: string, probes: Probes): string {
  const above = dirname(folder)
  return probes.isThere(folder) || above === folder ? folder : existing(above, probes)
}
