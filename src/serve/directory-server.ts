// Why this file exists: the keeper of the embedded directory: its certificate by the appliance's authority, its doors,
// and a new certificate long before the old one ends.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedDirectory, Endpoint, Settings } from '#config'
import { type Ip4, parseIp4 } from '#directory'
import { BulkDoor, prepareSlapd, type PreparedSlapd, probeSlapd, SlapdDoor } from '#ldap-sync'
import { issueOwn, openAuthority, type OwnCertificate } from '#trust'
import type { Child, ChildSpec } from './child.ts'
import { addressOf } from './interface-address.ts'

export interface DirectoryServerPlace {
  readonly settings: Settings
  readonly embedded: EmbeddedDirectory
  readonly dataDir: string
  readonly log: (line: string) => void
}

export interface DirectoryServer extends AsyncDisposable {
  readonly slapd: PreparedSlapd
  /** A new certificate, if the old one ends before long. Says whether it was changed. */
  readonly renew: (now: number) => Promise<boolean>
  /** Its slapd, once it is somebody's child: now it can be exchanged for a copy. */
  readonly keptAs: (child: Pick<Child, 'whileStopped'>) => void
}

const certificateDays = 90
/** A third of its life: a month of attempts, one a day. */
const renewBeforeDays = 30
const dayMs = 86_400_000
const slapdReadyMs = 15_000

export async function openDirectoryServer(place: DirectoryServerPlace): Promise<DirectoryServer> {
  const { embedded, dataDir, log } = place
  const { listen, base, ldaps } = embedded
  let own = await newCertificate(place, Date.now())
  const slapd = await prepareSlapd({ dataDir, listen, base, tlsPem: pemOf(own), log })
  await using doors = new AsyncDisposableStack()
  const open = async (at: Endpoint, tlsPem?: string): Promise<SlapdDoor> => {
    const secure = tlsPem === undefined ? {} : { tlsPem }
    return doors.use(await SlapdDoor.open({ ...at, ...secure, socketPath: slapd.socketPath, log }))
  }
  await open(endpointOf(listen))
  const secureDoor = ldaps && (await open(ldaps, pemOf(own)))
  const renew = async (now: number): Promise<boolean> => {
    if (own.certificate.notAfter.getTime() - now > renewBeforeDays * dayMs) return false
    const next = await newCertificate(place, now)
    secureDoor?.changeCertificate(pemOf(next))
    await slapd.changeCertificate(pemOf(next))
    own = next
    return true
  }
  let kept: Pick<Child, 'whileStopped'> | undefined
  const whileStopped = async (work: () => void): Promise<void> => {
    if (kept === undefined) throw new Error('slapd has not been started yet')
    await kept.whileStopped(work)
  }
  const openCopy = (orders: number) => slapd.openCopy(orders, whileStopped)
  doors.use(await BulkDoor.open({ path: slapd.bulkSocket, open: openCopy, log }))
  const daily = setInterval(() => {
    renew(Date.now()).catch((error: unknown) => {
      log(`warning: the directory keeps its old certificate for now: ${String(error)}`)
    })
  }, dayMs)
  doors.defer(() => clearInterval(daily))
  const opened = doors.move()
  const keptAs: DirectoryServer['keptAs'] = (child) => {
    kept = child
  }
  return { slapd, renew, keptAs, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

export function slapdChild(
  { slapd, keptAs }: DirectoryServer,
  dataDir: string,
): Omit<ChildSpec, 'argv'> {
  return {
    whenMade: keptAs,
    name: 'slapd',
    pidFile: join(dataDir, 'run', 'slapd.pid'),
    ready: () => probeSlapd(slapd),
    readyDeadlineMs: slapdReadyMs,
    beforeStart: slapd.beforeStart,
    // The last good copy is served meanwhile: a directory that is away is no reason to answer nobody.
    mayStartLater: existsSync(join(dataDir, 'directory.copy')),
  }
}

/** The authority's key is in our memory for as long as this takes; core is the one who keeps it. */
async function newCertificate(
  { settings, embedded, dataDir }: DirectoryServerPlace,
  now: number,
): Promise<OwnCertificate> {
  const authority = await openAuthority({
    dir: join(dataDir, 'ca'),
    name: `Coppice ${settings.site}`,
    now,
  })
  const { domain } = settings
  const request = {
    subject: { commonName: 'directory' },
    dns: ['localhost', 'appliance', `ns.${domain}`, `ldap.${domain}`],
    ip: addressesOf(settings, embedded),
    usages: ['server'] as const,
    days: certificateDays,
    now,
  }
  return issueOwn(authority, request, 'ec')
}

function pemOf({ key, certificate }: OwnCertificate): string {
  return key.reveal() + certificate.pem
}

/** By whichever of these somebody may call it. */
function addressesOf(settings: Settings, { listen, ldaps }: EmbeddedDirectory): readonly Ip4[] {
  const names = ['127.0.0.1', endpointOf(listen).host, ldaps?.host ?? '127.0.0.1']
  const all = [...names, ...settings.interfaces.map(addressOf)]
  return [...new Set(all)].flatMap((text) => parseIp4(text) ?? [])
}

/** As the configuration has checked it. */
function endpointOf(listen: string): Endpoint {
  const [host = '', port = ''] = listen.split(':')
  return { host, port: Number(port) }
}
