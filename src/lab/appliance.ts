// Why this file exists: the rack knows the appliance as its users do: a configuration file, `serve` in the foreground, the
// command line, and the API on its socket.
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { Fault } from '#fault'
import { type Finished, run } from './command.ts'
import { parseJson } from './json.ts'
import type { RackPlan } from './plan.ts'
import { end, markOf, until } from './processes.ts'
import { type Started, startIn } from './start.ts'
import { provisioningInterface } from './wiring.ts'

const readyMsMax = 60_000
const stopMsMax = 20_000
const cliMsMax = 60_000
const apiMsMax = 10_000
const apiBytesMax = 16 * 1024 * 1024

/** The launcher lies at the same place beside src/ and lib/. */
export const coppiceProgram = join(import.meta.dirname, '../../bin/coppice')

export const serveLog = (plan: RackPlan): string => `${plan.logsDir}/serve.log`
export const apiSocket = (plan: RackPlan): string => `${plan.dataDir}/api.sock`
export const ldapUrl = 'ldap://127.0.0.1:3890'

export function configurationText(plan: RackPlan, hostImage: string): string {
  return [
    'version: 1',
    `site: ${plan.rack}`,
    `domain: ${plan.domain}`,
    `interfaces: [${provisioningInterface}]`,
    'directory:',
    `  embedded: { listen: 127.0.0.1:3890, base: "${plan.base}" }`,
    `boot: { hostImage: ${hostImage}, patiencePercent: ${plan.patiencePercent} }`,
    '',
  ].join('\n')
}

/**
 * With named namespaces of its own: those of VOs have the same names in every rack, and end with the appliance. The words
 * for the shell are ours alone.
 */
function serveCommand(config: string, dataDir: string): readonly string[] {
  const own = 'mount -t tmpfs -o mode=0755 tmpfs /run/netns && exec "$@"'
  return ['sh', '-c', own, 'sh', coppiceProgram, 'serve', '--config', config, '--data', dataDir]
}

/** Runs a program where the appliance has its end of a VO's network. */
export function inTenant(plan: RackPlan, vni: number, argv: readonly string[]): readonly string[] {
  return [...besideServe(plan), 'ip', 'netns', 'exec', `cvo${vni}`, ...argv]
}

/** Among the appliance's own mounts, where its named namespaces are. */
export function besideServe(plan: RackPlan): readonly string[] {
  const pid = readFileSync(`${plan.dataDir}/run/serve.pid`, 'utf8').trim()
  return ['nsenter', '-t', pid, '-m', '-n', '--']
}

/** Settles at the line `ready`; a `serve` that ends before it is a Fault in its own words. */
export async function startAppliance(plan: RackPlan, hostImage: string): Promise<Started> {
  const config = `${plan.stateDir}/coppice.yaml`
  writeFileSync(config, configurationText(plan, hostImage))
  const argv = serveCommand(config, plan.dataDir)
  const from = logText(plan).length
  const serving = startIn(plan.applianceNamespace, argv, serveLog(plan))
  let ending: string | undefined
  void serving.ended.then((how) => (ending = how))
  const isReady = (): boolean => /^ready/m.test(logText(plan).slice(from))
  await until(() => ending !== undefined || isReady(), readyMsMax)
  if (ending === undefined && isReady()) return serving
  await stopAppliance(serving)
  throw notReady(plan, ending ?? `no line "ready" within ${readyMsMax / 1000} s`)
}

export async function stopAppliance({ child }: Started): Promise<void> {
  const mark = child.pid === undefined ? undefined : markOf(child.pid)
  if (mark !== undefined) await end([mark], stopMsMax)
}

function logText(plan: RackPlan): string {
  try {
    return readFileSync(serveLog(plan), 'utf8')
  } catch {
    return ''
  }
}

function notReady(plan: RackPlan, ending: string): Fault {
  const words = logText(plan).trim().split('\n')
  const error = words.findLastIndex((line) => line.startsWith('error: '))
  const own = (error === -1 ? words.slice(-3) : words.slice(error, error + 4)).join(' / ')
  return new Fault('CPC-LAB-006', {
    what: 'the appliance did not get ready',
    where: serveLog(plan),
    why: `${ending}; it said: ${own || 'nothing'}`,
    todo: 'do what it says, then run the lab again',
  })
}

/** One command line as a person types it, against this rack's appliance. */
export async function coppice(
  plan: RackPlan,
  words: readonly string[],
  signal?: AbortSignal,
  deadlineMs = cliMsMax,
): Promise<Finished> {
  return run(orderArgv(plan, words), {
    deadlineMs,
    ...(signal === undefined ? {} : { signal }),
  })
}

export function orderArgv(plan: RackPlan, words: readonly string[]): readonly string[] {
  return [coppiceProgram, ...words, '--server', `unix:${apiSocket(plan)}`]
}

export async function mustCoppice(
  plan: RackPlan,
  words: readonly string[],
  signal?: AbortSignal,
  deadlineMs = cliMsMax,
): Promise<string> {
  const finished = await coppice(plan, words, signal, deadlineMs)
  if (finished.exit === 0) return finished.stdout
  throw refusedOrder(plan, words, finished)
}

export function refusedOrder(plan: RackPlan, words: readonly string[], finished: Finished): Fault {
  return new Fault('CPC-LAB-012', {
    what: `the appliance refused an order with exit ${finished.exit}`,
    where: `coppice ${words.join(' ')}`,
    why: lastWords(finished.stderr) || 'it gave no reason',
    todo: `do what it says; its log is ${serveLog(plan)}`,
  })
}

/** What a command said in the end, without the steps by which it told its progress. Pure. */
export function lastWords(stderr: string): string {
  return stderr
    .trim()
    .split('\n')
    .filter((line) => !/^\S+ +\[[#.]+\] /.test(line))
    .join(' / ')
}

/** Looking once a second by API costs the rack's two cores less than a new process each time. */
export async function askApi(plan: RackPlan, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { socketPath: apiSocket(plan), path, timeout: apiMsMax }
    const asked = request(options, (response) => {
      const parts: Buffer[] = []
      let bytes = 0
      response.on('data', (part: Buffer) => {
        parts.push(part)
        bytes += part.length
        if (bytes > apiBytesMax)
          asked.destroy(new Error(`an answer of more than ${apiBytesMax} bytes`))
      })
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        if (response.statusCode === 200) resolve(parseJson(text))
        else reject(new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 400)}`))
      })
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer to ${path}`)))
    asked.on('error', reject)
    asked.end()
  })
}
