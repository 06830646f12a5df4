// Why this file exists: how core reaches a host: a port that opens, libvirt over TLS, and a look at its mounts by SSH.
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { formatIp4, type Ip4 } from '#directory'
import {
  type HostFacts,
  type HostReach,
  mountedAt,
  sshArgv,
  type SshIdentity,
  type SshTarget,
} from '#host'
import {
  dialTls,
  type LibvirtConnection,
  libvirtTlsPort,
  openHypervisor,
  procedures,
  readCapabilities,
} from '#libvirt'
import type { OwnCertificate } from '#trust'

export interface ReachParts {
  readonly caPem: string
  readonly own: OwnCertificate
  readonly ssh: SshIdentity
  /** The source that hosts were told to mount; absent without NFS. */
  readonly nfsSource: string | undefined
  /** Told of each connection that is kept. */
  readonly onConnection: (machineId: string, connection: LibvirtConnection) => void
}

/** Beside the probes: the two hands that we have on a host which is there. */
export interface CoreReach extends HostReach {
  /** To the libvirt of a machine, from its first answer until the connection ends. */
  connectionOf(machineId: string): LibvirtConnection | undefined
  /** One argv that runs a command there. */
  sshWords(target: SshTarget, command: readonly string[]): readonly [string, ...string[]]
}

const portDeadlineMs = 2_000
const sshDeadlineMs = 15_000
/** A first answer includes libvirt's probe of QEMU: 13 s on an emulated host. */
const firstAnswerDeadlineMs = 150_000
/** Dead after about this long without an answer. */
const keepalive = { intervalMs: 5_000, unansweredMax: 3 }
const imagesPlace = '/var/lib/coppice/images'
const run = promisify(execFile)

export function hostReach(parts: ReachParts): CoreReach {
  const connections = new Map<string, LibvirtConnection>()
  const keep = (machineId: string, connection: LibvirtConnection): void => {
    connections.set(machineId, connection)
    void connection.ended.then(() => {
      // A newer one may have taken its place.
      if (connections.get(machineId) === connection) connections.delete(machineId)
    })
  }
  return {
    portIsOpen,
    async connect(address, machineId) {
      const connection = await openLibvirt(address, machineId, parts)
      try {
        const facts = await factsOf(connection)
        keep(machineId, connection)
        parts.onConnection(machineId, connection)
        const over = connection.ended.then((fault) => fault?.message ?? 'we closed it')
        return { facts, over, close: () => connection.close() }
      } catch (error) {
        connection.close()
        throw error
      }
    },
    connectionOf: (machineId) => connections.get(machineId),
    sshWords: (target, command) => sshArgv(parts.ssh, target, command),
    imageStore: (address, machineId) => lookAtMounts(address, machineId, parts),
  }
}

function portIsOpen(address: Ip4): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: formatIp4(address), port: libvirtTlsPort })
    const done = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(portDeadlineMs, () => done(false))
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}

async function openLibvirt(
  address: Ip4,
  machineId: string,
  { caPem, own }: ReachParts,
): Promise<LibvirtConnection> {
  const socket = await dialTls({
    address: formatIp4(address),
    serverName: machineId,
    ca: caPem,
    cert: own.certificate.pem,
    key: own.key.reveal(),
  })
  return openHypervisor(socket, {
    peer: { name: `${machineId} (${formatIp4(address)})` },
    keepalive,
  })
}

async function factsOf(connection: LibvirtConnection): Promise<HostFacts> {
  const capabilities = readCapabilities(
    await connection.call(procedures.connectGetCapabilities, {}, firstAnswerDeadlineMs),
  )
  if (!capabilities.ok)
    throw new Error(`libvirt's capabilities cannot be read: ${capabilities.refusal.why}`)
  const version = await connection.call(procedures.connectGetLibVersion, {})
  const hostname = await connection.call(procedures.connectGetHostname, {})
  const { cpus, memoryKib } = await connection.call(procedures.nodeGetInfo, {})
  return {
    libvirtVersion: `${version.major}.${version.minor}.${version.release}`,
    hostname,
    cpus,
    memoryMiB: Math.floor(memoryKib / 1024),
    kvm: capabilities.value.kvm,
  }
}

async function lookAtMounts(
  address: Ip4,
  machineId: string,
  { ssh, nfsSource }: ReachParts,
): Promise<{ ok: true; detail: string } | { ok: false; reason: string }> {
  const [program, ...argv] = sshArgv(ssh, { machineId, address }, ['cat', '/proc/mounts'])
  const { stdout } = await run(program, argv, { timeout: sshDeadlineMs })
  if (nfsSource === undefined) return { ok: true, detail: 'the appliance exports no images' }
  const mount = mountedAt(stdout, imagesPlace)
  if (mount === undefined) return { ok: false, reason: `nothing is mounted at ${imagesPlace}` }
  if (mount.source !== nfsSource) {
    return { ok: false, reason: `${mount.source} is mounted at ${imagesPlace}, not ${nfsSource}` }
  }
  if (!mount.readOnly) return { ok: false, reason: `${imagesPlace} is mounted writable` }
  return { ok: true, detail: `${mount.source} (${mount.type}, read-only)` }
}
