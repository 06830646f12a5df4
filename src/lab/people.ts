// Why this file exists: people come to hosts by their entry alone and leave with it. An ordinary LDAP tool writes, an ordinary
// ssh tries the door, and who is inside tries what is not for it.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { askApi, ldapUrl, mustCoppice } from './appliance.ts'
import { askHost, type HostPlace, hostsOf, onHost } from './cluster/host-shell.ts'
import { demand } from './cluster/promise.ts'
import { type Finished, must, run as runProgram } from './command.ts'
import { member, textMember } from './json.ts'
import {
  ada,
  attempts,
  bob,
  type LabPerson,
  mallory,
  people,
  personDn,
  personLdif,
  tag,
} from './people-entries.ts'
import type { RackPlan } from './plan.ts'
import { until } from './processes.ts'
import type { LabRun } from './run.ts'
import { startDetached } from './start.ts'
import { seconds } from './table.ts'
import { inNamespace, words } from './wiring.ts'

const chapter = 'people on hosts'
const letInMsMax = 30_000
/** "At once", on an emulated host and a busy machine. */
const goneMsMax = 15_000
const connectSeconds = 10
const loginMsMax = 30_000

export async function checkPeople(run: LabRun): Promise<void> {
  const { plan, signal } = run
  const [host] = await hostsOf(plan)
  if (host === undefined) throw new TypeError('a rack without hosts')
  await mustCoppice(plan, ['machine', 'set', host.name, '--tag', tag], signal)
  await letIn(run, host)
  await refused(run, host)
  await inside(run, host)
  await gone(run, host)
  for (const person of [bob, mallory]) await ldap(plan, 'ldapdelete', personDn(plan, person))
}

async function letIn(run: LabRun, host: HostPlace): Promise<void> {
  const { plan } = run
  const publicKey = await makeKey(plan)
  const entries = people.map((person) => personLdif(plan, person, publicKey))
  await ldap(plan, 'ldapadd', undefined, entries.join(''))
  const from = performance.now()
  let last: Finished | undefined
  const came = await until(async () => {
    last = await login(run, host, ada, 'id; sudo -n whoami')
    return last.exit === 0
  }, letInMsMax)
  const elapsed = seconds(performance.now() - from)
  const promise = `ldapadd lets ada log in to ${host.name} by her key, ${elapsed} s later`
  demand(came, { chapter, promise, found: last?.stderr ?? '' }, run)
  const said = last?.stdout ?? ''
  const isSo = said.startsWith(`uid=${ada.uidNumber}(ada)`) && said.trimEnd().endsWith('root')
  demand(isSo, { chapter, promise: 'as herself, and by sudo as root', found: said }, run)
  const shown = await askApi(plan, `/v1/machines/${host.name}`)
  const names = member(shown, 'mayLogIn')
  const isTold = Array.isArray(names) && names.length === 1 && names[0] === 'ada'
  const told = 'the appliance tells who may log in, and when the host took it'
  const found = JSON.stringify(shown)
  demand(
    isTold && textMember(shown, 'peopleTakenAt') !== undefined,
    { chapter, promise: told, found },
    run,
  )
}

async function refused(run: LabRun, host: HostPlace): Promise<void> {
  const doors = [
    ['bob, who has no tag', bob],
    ['mallory, who has the number of root', mallory],
  ] as const
  const tries = doors.map(async ([who, person]) => {
    const { exit, stdout } = await login(run, host, person, 'id')
    const promise = `refused: ${who}`
    demand(exit !== 0 && stdout === '', { chapter, promise, found: `logged in: ${stdout}` }, run)
  })
  await Promise.all(tries)
}

/** Each attempt is made twice: what does not even get through as root would prove nothing. */
async function inside(run: LabRun, host: HostPlace): Promise<void> {
  const rows = attempts(run.plan)
  const script = rows
    .map(([, shell], index) => `(${shell}) >/dev/null 2>&1 && echo through ${index}`)
    .concat('true')
    .join('\n')
  const both = `${script}\necho as root\nsudo -n sh <<'end'\n${script}\nend\n`
  const { stdout } = await login(run, host, ada, 'sh -s', both)
  const [own = [], root = []] = stdout.split('as root\n').map((said) => {
    const through = new Set([...said.matchAll(/^through (\d+)$/gm)].map(([, at]) => Number(at)))
    return rows.flatMap(([what], index) => (through.has(index) ? what : []))
  })
  const wanting = rows.map(([what]) => what).filter((what) => !root.includes(what))
  const control = 'root of the host reaches all that is tried'
  demand(wanting.length === 0, { chapter, promise: control, found: wanting.join(', ') }, run)
  const closed = `ada reaches nothing of it: ${rows.map(([what]) => what).join(', ')}`
  demand(own.length === 0, { chapter, promise: closed, found: own.join(', ') }, run)
  const open = await onHost(run, host, looseFiles)
  const tight = 'nothing on the host is writable for everybody, and only sudo makes root'
  demand(open.trim() === '/usr/bin/sudo', { chapter, promise: tight, found: open }, run)
}

const looseFiles = String.raw`find / -xdev ! -path /tmp \( -type d -o -type f \) \( -perm -0002 -o -perm -4000 -o -perm -2000 \)`

/** What she leaves behind is started as root, and cut loose from her session. */
const detached = 'sudo -n sh -c "setsid sleep 98765 </dev/null >/dev/null 2>&1 &"'

async function gone(run: LabRun, host: HostPlace): Promise<void> {
  const { plan } = run
  const log = `${plan.logsDir}/people-session.log`
  const argv = loginArgv(plan, host, ada, `${detached}; echo inside; exec sleep 98766`)
  const session = startDetached(argv, log)
  const isInside = await until(() => readFileSync(log, 'utf8').includes('inside'), loginMsMax)
  const begun = 'ada has a session, and root processes that left it'
  demand(isInside, { chapter, promise: begun, found: readFileSync(log, 'utf8') }, run)
  await ldap(plan, 'ldapdelete', personDn(plan, ada))
  const from = performance.now()
  let ending: string | undefined
  void session.ended.then((how) => (ending = how))
  const isOver = await until(() => ending !== undefined, goneMsMax)
  const elapsed = seconds(performance.now() - from)
  session.child.kill('SIGKILL')
  const over = `ldapdelete ends the session of ada, ${elapsed} s later`
  demand(isOver, { chapter, promise: over, found: `it goes on after ${elapsed} s` }, run)
  let left = ''
  const isClean = await until(async () => {
    left = (await askHost(run, host, 'pgrep -fl "sleep 9876[56]"; ls /home')).stdout
    return left.trim() === ''
  }, goneMsMax)
  demand(isClean, { chapter, promise: 'nothing of hers is left there', found: left }, run)
  const again = await login(run, host, ada, 'id')
  const shut = 'a new log-in of hers is refused'
  demand(again.exit !== 0, { chapter, promise: shut, found: again.stdout }, run)
}

const keyFile = (plan: RackPlan): string => `${plan.stateDir}/people/key`

/** One key for all of them: it must not be the key that tells them apart. */
async function makeKey(plan: RackPlan): Promise<string> {
  const folder = `${plan.stateDir}/people`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', keyFile(plan)])
  return readFileSync(`${keyFile(plan)}.pub`, 'utf8').trim()
}

function loginArgv(
  plan: RackPlan,
  { address }: HostPlace,
  { uid }: LabPerson,
  command: string,
): readonly string[] {
  const options = [
    `IdentityFile=${keyFile(plan)}`,
    `ConnectTimeout=${connectSeconds}`,
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ].flatMap((option) => ['-o', option])
  const ssh = ['ssh', '-F', 'none', ...options, `${uid}@${address}`, '--', command]
  return inNamespace(plan.applianceNamespace, ssh)
}

async function login(
  { plan, signal }: LabRun,
  host: HostPlace,
  person: LabPerson,
  ...[command, input]: readonly [string, string?]
): Promise<Finished> {
  const limits = { deadlineMs: loginMsMax, signal, ...(input === undefined ? {} : { input }) }
  return runProgram(loginArgv(plan, host, person, command), limits)
}

/** A stock tool of OpenLDAP; entries to add come on its standard input, one to delete is named. */
async function ldap(
  plan: RackPlan,
  tool: 'ldapadd' | 'ldapdelete',
  dn: string | undefined,
  input = '',
): Promise<void> {
  const admin = words`-x -H ${ldapUrl} -D cn=admin,${plan.base} -y ${plan.dataDir}/ldap-admin.secret`
  const argv = [tool, ...admin, ...(dn === undefined ? [] : [dn])]
  await must(inNamespace(plan.applianceNamespace, argv), { input })
}
