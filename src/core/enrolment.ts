// Why this file exists: a machine that boots our image becomes a host that we trust: its claim is judged, its key
// signed, and it is told what a host needs to know.
import {
  type EntryId,
  formatIp4,
  identify,
  type Ip4,
  joinName,
  type Machine,
  type Mac,
  type Signs,
  type Snapshot,
  type Uuid,
} from '#directory'
import { Fault } from '#fault'
import { type HostKeeper, knownHostLine } from '#host'
import type { CoreStore } from '#store'
import { type Authority, type Claim, judgeClaim, keyName, libvirtName, requestedKey } from '#trust'
import { tarArchive } from './archive.ts'
import type { EventHub } from './events.ts'

export interface EnrolmentParts {
  readonly authority: Authority
  readonly store: CoreStore
  readonly hosts: HostKeeper
  readonly events: EventHub
  readonly snapshot: () => Snapshot
  readonly now: () => number
  /** Core has just started, or wire is away: a claim that nobody knows may still be on its way. */
  readonly isSettling: () => boolean
  /** What a host mounts, as `address:/path`; absent without NFS. */
  readonly nfsSource: string | undefined
  /** Who may log in: our own key. */
  readonly authorizedKey: string
  /** Binds the host's SSH key to its machine id. */
  readonly rememberHostKey: (machine: EntryId, line: string) => void
}

export interface EnrolmentRequest {
  readonly claim: string
  readonly mac: Mac
  readonly from: Ip4
  readonly uuid?: Uuid
  readonly serial?: string
  readonly sshHostKey: string
  /** A PKCS #10 request, PEM. */
  readonly certificateRequest: string
}

export type EnrolmentAnswer =
  | { readonly kind: 'granted'; readonly archive: Buffer }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The host asks again. */
  | { readonly kind: 'not-yet'; readonly reason: string }

const certificateDays = 90

/** DN by which hosts know us; libvirt compares it as text. */
export const applianceSubject = { commonName: 'appliance' } as const

export function enrol(request: EnrolmentRequest, parts: EnrolmentParts): EnrolmentAnswer {
  const { store, hosts, events } = parts
  const key = requestedKey(request.certificateRequest, `enrolment of ${request.mac}`)
  const claim = store.claims.find(request.claim)
  const machine = claim && machineOf(claim.machine, parts.snapshot())
  if (claim === undefined || machine === undefined) {
    if (parts.isSettling()) return { kind: 'not-yet', reason: 'the appliance has just started' }
    events.tell(
      'alarm',
      request.mac,
      `enrolment from ${formatIp4(request.from)} with a number that nobody was given`,
    )
    return { kind: 'refused', reason: 'this claim number was given to nobody' }
  }
  const judged = judgeClaim(claim, useOf(request, claim, keyName(key), parts))
  if (judged.kind === 'refused') {
    events.tell('alarm', machine.name, `${judged.alarm.code} ${judged.alarm.why}`)
    return { kind: 'refused', reason: judged.alarm.why }
  }
  store.claims.put(judged.claim)
  if (judged.kind === 'waiting') {
    for (const doubt of judged.doubts)
      store.approvals.raise({ machine: machine.id, ...doubt }, parts.now())
    events.tell('alarm', machine.name, `${judged.alarm.code} ${judged.alarm.why}`)
    hosts.observe(machine.id, { kind: 'approval-wanted', reason: judged.alarm.why })
    return { kind: 'waiting', reason: judged.alarm.why }
  }
  const archive = sign(request, machine, parts)
  const detail = judged.isRetry ? 'the same host asked again' : `claim of boot ${claim.boot}`
  hosts.observe(machine.id, { kind: 'reached', phase: 'enrolled', detail })
  return { kind: 'granted', archive }
}

function useOf(request: EnrolmentRequest, claim: Claim, key: string, parts: EnrolmentParts) {
  const life = parts.hosts.life(claim.machine)
  const signs: Signs = {
    mac: request.mac,
    ...(request.uuid && { uuid: request.uuid }),
    ...(request.serial !== undefined && { serial: request.serial }),
    ...(claim.port !== undefined && { port: claim.port }),
  }
  const identity = identify(parts.snapshot(), signs)
  return {
    address: request.from,
    mac: request.mac,
    key,
    ...(request.uuid && { uuid: request.uuid }),
    now: parts.now(),
    boot: String(life.boot),
    stillAnswers: parts.hosts.session(claim.machine) !== undefined,
    doubts: identity.kind === 'known' ? identity.doubts : [],
    decisions: parts.store.approvals.ofMachine(claim.machine),
  }
}

/** The certificate and all that the first stage installs. */
function sign(request: EnrolmentRequest, machine: Machine, parts: EnrolmentParts): Buffer {
  const { authority, store, now } = parts
  const key = requestedKey(request.certificateRequest, `enrolment of ${machine.name}`)
  const fqdn = joinName(machine.name, parts.snapshot().domain) ?? machine.name
  const certificate = authority.issue({
    publicKey: key,
    subject: { commonName: machine.id },
    dns: [machine.id, fqdn, machine.name],
    ip: [request.from],
    usages: ['server', 'client'],
    days: certificateDays,
    now: now(),
  })
  store.certificates.add({
    serial: certificate.serial,
    machine: machine.id,
    fingerprint: certificate.fingerprint,
    notAfter: certificate.notAfter.getTime(),
  })
  const hostKey = knownHostLine(machine.id, request.sshHostKey)
  if (hostKey !== undefined) parts.rememberHostKey(machine.id, hostKey)
  const settings = [
    `COPPICE_ID=${machine.id}`,
    `COPPICE_NAME=${fqdn}`,
    `COPPICE_HOST_UUID=${machine.id}`,
    `COPPICE_DN=${libvirtName(applianceSubject)}`,
    ...(parts.nfsSource === undefined ? [] : [`COPPICE_NFS=${parts.nfsSource}`]),
  ]
  return tarArchive(
    [
      { name: 'cert.pem', content: certificate.pem },
      { name: 'ca.pem', content: authority.certificate.pem },
      { name: 'authorized_keys', content: `${parts.authorizedKey}\n` },
      { name: 'host.env', content: `${settings.join('\n')}\n` },
    ],
    Math.floor(now() / 1000),
  )
}

export function machineOf(id: EntryId, snapshot: Snapshot): Machine | undefined {
  const entry = snapshot.entries.get(id)
  return entry?.kind === 'machine' ? entry : undefined
}

/** What the wire's claim means for core: recorded as soon as it is heard, before the host can use it. */
export function claimOf(
  script: Pick<Claim, 'mac' | 'address' | 'uuid' | 'port'> & {
    readonly claim: string
    readonly at: number
  },
  machine: Machine,
  boot: number,
): Claim {
  return {
    number: script.claim,
    machine: machine.id,
    mac: script.mac,
    address: script.address,
    boot: String(boot),
    ...(script.uuid && { uuid: script.uuid }),
    ...(script.port !== undefined && { port: script.port }),
    mintedAt: script.at,
    state: 'minted',
  }
}

export function unknownMachine(name: string): Fault {
  return new Fault('CPC-HOST-001', {
    what: `there is no machine ${name}`,
    where: 'the directory, ou=machines',
    why: 'no entry that is served has this name',
    todo: 'coppice machine list shows the names; coppice lint shows entries that were set aside',
  })
}
