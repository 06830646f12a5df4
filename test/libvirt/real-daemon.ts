// Why this file exists: only libvirtd itself can say whether we speak its protocol. It runs here in namespaces of its
// own, without systemd, and everything it leaves behind goes with them.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { TestAuthority } from './test-authority.ts'

export const hostUuid = '01234567-89ab-4def-8123-456789abcdef'
const logName = 'libvirtd.log'
const startDeadlineMs = 20_000
const tlsPort = 16_514

export interface RealDaemon extends AsyncDisposable {
  readonly authority: TestAuthority
  readonly address: string
  /** Seen from outside of its namespaces. */
  readonly socketPath: string
  /** A folder that both sides see. */
  readonly folder: string
}

export async function startRealDaemon(): Promise<RealDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-libvirtd-'))
  const authority = new TestAuthority(folder)
  // A net of its own per process: 198.18.0.0/15 is for tests (RFC 2544).
  const block = process.pid % 0x4000
  const subnet = `198.18.${block >> 6}.`
  const address = `${subnet}${(block % 64) * 4 + 2}`
  authority.issue('server', {
    subject: '/O=lab/CN=kvm1',
    usage: 'serverAuth',
    names: `DNS:kvm1,IP:${address}`,
  })
  writeSettings(folder)
  const log = openSync(join(folder, logName), 'a')
  const init = join(import.meta.dirname, 'libvirtd-init.sh')
  const separate = ['--mount', '--pid', '--net', '--uts', '--fork', '--mount-proc', '--kill-child']
  // However this process ends, the daemon ends with it.
  const bound = ['--pdeathsig', 'KILL', '/usr/bin/unshare', ...separate]
  const child = spawn('/usr/bin/setpriv', [...bound, '/bin/sh', init, folder], {
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  await once(child, 'spawn')
  const pid = String(child.pid)
  try {
    await linkNamespace(pid, `${subnet}${(block % 64) * 4 + 1}`, address)
    await untilOpen(address)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(readFileSync(join(folder, logName), 'utf8').slice(-2000), { cause: error })
  }
  const inside = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return {
    authority,
    address,
    folder,
    socketPath: `/proc/${inside}/root/run/libvirt/libvirt-sock`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The pair of links goes when the namespace does. */
async function linkNamespace(pid: string, ours: string, theirs: string): Promise<void> {
  const [near, far] = [`cpclv${pid}`, `cpclw${pid}`]
  await untilSeparate(pid)
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', pid)
  ip('addr', 'add', `${ours}/30`, 'dev', near)
  ip('link', 'set', near, 'up')
  const inside = ['-t', pid, '--net', '/usr/sbin/ip']
  execFileSync('/usr/bin/nsenter', [...inside, 'addr', 'add', `${theirs}/30`, 'dev', far])
  execFileSync('/usr/bin/nsenter', [...inside, 'link', 'set', far, 'up'])
}

function ip(...words: readonly string[]): void {
  execFileSync('/usr/sbin/ip', words, { stdio: 'pipe' })
}

async function untilSeparate(pid: string): Promise<void> {
  const own = namespaceOf('self')
  await until(() => namespaceOf(pid) !== own, 'its namespaces')
}

function namespaceOf(pid: string): string {
  return readlinkSync(`/proc/${pid}/ns/net`)
}

async function untilOpen(address: string): Promise<void> {
  await until(async () => {
    const socket = connect(tlsPort, address)
    try {
      await once(socket, 'connect')
      return true
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  }, 'its TLS port')
}

async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + startDeadlineMs
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`libvirtd did not get as far as ${what}`)
    await delay(20)
  }
}

function writeSettings(folder: string): void {
  writeFileSync(
    join(folder, 'libvirtd.conf'),
    `listen_tls=1
listen_tcp=0
auth_tls="none"
auth_unix_rw="none"
unix_sock_group="root"
host_uuid="${hostUuid}"
key_file="${folder}/server.key"
cert_file="${folder}/server.pem"
ca_file="${folder}/ca.pem"
keepalive_interval=1
tls_allowed_dn_list=["O=lab,CN=appliance"]
`,
  )
  writeFileSync(
    join(folder, 'qemu.conf'),
    `user="root"
group="root"
dynamic_ownership=0
remember_owner=0
security_driver="none"
cgroup_controllers=[]
namespaces=[]
stdio_handler="file"
`,
  )
}
