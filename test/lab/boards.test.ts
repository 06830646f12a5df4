// Why this file exists: the boards of the rack must be good counterparts for the power room before anything is booted by
// them: both protocols, a real QEMU behind each, and boards that fall silent.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { labCommand } from '#lab'
import { askKeeper } from '../../src/lab/bmc/ask.ts'
import { bmcSecretFile, keeperSocket } from '../../src/lab/bmc/start-keeper.ts'
import { readOptions } from '../../src/lab/options.ts'
import { planRack, powerUrl } from '../../src/lab/plan.ts'
import { isAlive, markOf, signal, until } from '../../src/lab/processes.ts'
import { needs, needsRoot } from '../needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'coppice-boards-'))
const names = { rack: `boards-${process.pid}`, state: join(folder, 'rack') }
const plan = planRack(readOptions(names))
const silent = { out: () => undefined, err: () => undefined }
const wanted = {
  ...needs('qemu-system-x86', '/usr/bin/qemu-system-x86_64'),
  ...needs('openipmi and ipmitool', '/usr/bin/ipmi_sim', '/usr/bin/ipmitool'),
  ...needsRoot(),
  timeout: 60_000,
}

before(async () => {
  if (wanted.skip !== undefined) return
  const program = join(import.meta.dirname, '../lab-plan/raise-rack.ts')
  const argv = [program, names.rack, names.state]
  const run = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(run.stdout, 'data')
  run.kill('SIGKILL')
})
after(async () => {
  await labCommand('down', names, silent)
  rmSync(folder, { recursive: true, force: true })
})

/** One question to a board as the appliance would put it, from its namespace, by the power room itself. */
function power(url: string, ...verbs: readonly string[]): readonly string[] {
  const asker = join(import.meta.dirname, 'ask-board.ts')
  const argv = ['netns', 'exec', plan.applianceNamespace, process.execPath, asker]
  const words = [url, bmcSecretFile(plan), folder, ...verbs]
  return execFileSync('ip', [...argv, ...words], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

for (const machine of plan.machines) {
  const url = powerUrl(machine)
  const ask = async (): Promise<{ on: boolean; pid?: number }> =>
    askKeeper(keeperSocket(plan), 'GET', `/${machine.name}`)

  test(
    `${machine.bmc.protocol}: on, cycle and off are seen by the board and done to a real machine`,
    wanted,
    async () => {
      assert.deepEqual(power(url, 'status', 'setBootOnce', 'on', 'status'), [
        'off',
        'done',
        'verified',
        'on',
      ])
      const first = await ask()
      assert.match(readFileSync(`/proc/${first.pid}/cmdline`, 'utf8'), /qemu-system/)
      assert.deepEqual(power(url, 'cycle', 'status'), ['verified', 'on'])
      assert.notEqual((await ask()).pid, first.pid)
      assert.deepEqual(power(url, 'off', 'status'), ['verified', 'off'])
      assert.equal((await ask()).on, false)
    },
  )

  test(`${machine.bmc.protocol}: a machine that dies is off`, wanted, async () => {
    power(url, 'on')
    const mark = markOf((await ask()).pid ?? 0)
    assert.ok(mark !== undefined)
    signal(mark, 'SIGKILL')
    assert.ok(await until(() => !isAlive(mark), 2000))
    assert.deepEqual(power(url, 'status'), ['off'])
  })

  test(
    `${machine.bmc.protocol}: a board that plays dead gives no answer, and answers again afterwards`,
    wanted,
    async () => {
      await askKeeper(keeperSocket(plan), 'POST', `/${machine.name}/mute`)
      assert.deepEqual(power(url, 'status'), ['CPC-POW-001'])
      await askKeeper(keeperSocket(plan), 'POST', `/${machine.name}/unmute`)
      assert.deepEqual(power(url, 'status'), ['off'])
    },
  )
}
