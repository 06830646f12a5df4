// Why this file exists: the lab starts the keeper of its machines here and believes nothing before the keeper says so.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Fault } from '#fault'
import { bmcUser, type RackPlan } from '../plan.ts'
import { until } from '../processes.ts'
import { ownProgram, startIn } from '../start.ts'
import { ipmiSecretBytesMax } from './ipmi.ts'
import type { Kept } from './kept.ts'

const keeperMsMax = 15_000

export const keeperSocket = (plan: RackPlan): string => `${plan.stateDir}/keeper.sock`
/** For `machine set --power-secret-file`: USER:PASSWORD. */
export const bmcSecretFile = (plan: RackPlan): string => `${plan.stateDir}/bmc.secret`

export async function startKeeper(plan: RackPlan): Promise<void> {
  const secret = randomBytes(ipmiSecretBytesMax).toString('base64url').slice(0, ipmiSecretBytesMax)
  const { machines } = plan
  const kept: Kept = { user: bmcUser, secret, controlSocket: keeperSocket(plan), machines }
  mkdirSync(plan.stateDir, { recursive: true, mode: 0o700 })
  writeFileSync(`${plan.stateDir}/keeper.json`, JSON.stringify(kept), { mode: 0o600 })
  writeFileSync(bmcSecretFile(plan), `${bmcUser}:${secret}\n`, { mode: 0o600 })
  const log = `${plan.logsDir}/keeper.log`
  const program = ownProgram(
    new URL('./keeper.ts', import.meta.url),
    `${plan.stateDir}/keeper.json`,
  )
  const keeper = startIn(plan.rackNamespace, program, log)
  let ending: string | undefined
  void keeper.ended.then((how) => (ending = how))
  const said = (): boolean => existsSync(log) && readFileSync(log, 'utf8').includes('ready\n')
  await until(() => ending !== undefined || said(), keeperMsMax)
  if (ending === undefined && said()) return
  throw new Fault('CPC-LAB-003', {
    what: "the emulated machines' BMCs did not start",
    where: log,
    why: ending ?? `no word from them within ${keeperMsMax / 1000} s`,
    todo: 'read that log, then "coppice lab down"',
  })
}
