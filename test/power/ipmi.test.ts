// Why this file exists: IPMI is tried with a real BMC simulator and the real ipmitool, because what passes between
// them is exactly what we did not want to write.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { acceptsCipherZero, openPower, type PowerController } from '#power'
import { Secret } from '#trust'
import { needs } from '../needs.ts'
import { type Bench, powerBattery } from './battery.ts'
import { hurriedClock } from './clock.ts'

const counterpart = needs('openipmi ipmitool', '/usr/bin/ipmi_sim', '/usr/bin/ipmitool')
const folder = mkdtempSync(join(tmpdir(), 'coppice-ipmi-'))
const secretFolder = join(folder, 'secrets')
mkdirSync(secretFolder, { mode: 0o700 })
after(() => rmSync(folder, { recursive: true, force: true }))

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

/** Its machine is a file that holds 0 or 1. */
function configuration(dir: string, port: number): string {
  const state = join(dir, 'state')
  writeFileSync(state, '0')
  writeFileSync(
    join(dir, 'chassis'),
    `#!/bin/sh
case "$*" in
*"get power"*) echo power:$(cat ${state});;
*"set power "*) for last; do :; done; echo $last > ${state};;
*"set boot "*) for last; do :; done; echo $last > ${state}.boot;;
*"get boot"*) echo boot:default;;
esac
`,
    { mode: 0o755 },
  )
  const lan = join(dir, 'lan.conf')
  writeFileSync(
    lan,
    `name "bmc"
set_working_mc 0x20
startlan 1
  addr 127.0.0.1 ${port}
  priv_limit admin
  allowed_auths_admin none md2 md5 straight
  guid a123456789abcdefa123456789abcdef
endlan
chassis_control "${join(dir, 'chassis')} 0x20"
user 2 true "admin" "hunter2" admin 10 none md2 md5 straight
`,
  )
  const emulation =
    'mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nmc_enable 0x20\n'
  writeFileSync(join(dir, 'emulation'), emulation)
  return lan
}

function open(port: number, password: string, deadlineMs = 5000): PowerController {
  return openPower({
    url: `ipmi://127.0.0.1:${port}`,
    credentials: { user: 'admin', secret: new Secret(password) },
    macs: [],
    secretFolder,
    clock: hurriedClock(),
    limits: { deadlineMs, pollMs: 100 },
  })
}

let benches = 0

interface Simulated extends Bench {
  readonly port: number
  /** The boot device that the BMC was told last. */
  readonly boot: () => string
}

async function simulator(): Promise<Simulated> {
  benches += 1
  const dir = join(folder, `bench-${benches}`)
  mkdirSync(dir)
  const port = await freePort()
  const lan = configuration(dir, port)
  const files = ['-c', lan, '-f', join(dir, 'emulation'), '-s', dir, '-n']
  const child = spawn('/usr/bin/ipmi_sim', files, { stdio: ['ignore', 'ignore', 'ignore'] })
  const power = open(port, 'hunter2')
  await power.status()
  return {
    port,
    boot: () => readFileSync(join(dir, 'state.boot'), 'utf8').trim(),
    power,
    wrongPassword: open(port, 'wrong'),
    reality: () => (readFileSync(join(dir, 'state'), 'utf8').trim() === '1' ? 'on' : 'off'),
    [Symbol.asyncDispose]: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

powerBattery('IPMI, ipmi_sim', simulator, counterpart)

test(
  'HOSTILE 66: the password is in no argument, and its file is gone when the command is over',
  counterpart,
  async () => {
    await using bench = await simulator()
    assert.equal(await bench.power.status(), 'off')
    assert.deepEqual(readdirSync(secretFolder), [])
    await assert.rejects(bench.wrongPassword.status(), (error: Error) => {
      assert.ok(error.cause instanceof Error)
      // The command line as it was run.
      assert.match(error.cause.message, /ipmitool -I lanplus -C 3/)
      return !/wrong/.test(error.cause.message)
    })
    assert.deepEqual(readdirSync(secretFolder), [])
  },
)

test('one boot from the network is asked of the BMC', counterpart, async () => {
  await using bench = await simulator()
  await bench.power.setBootOnce?.()
  assert.equal(bench.boot(), 'pxe')
})

test(
  'HOSTILE 70: lint finds that a BMC lets anybody in by cipher suite 0, without showing it the password',
  counterpart,
  async () => {
    await using bench = await simulator()
    const credentials = { user: 'admin', secret: { reveal: () => assert.fail('revealed') } }
    const options = { host: '127.0.0.1', port: bench.port, cipher: 3, secretFolder, credentials }
    // This simulator really has the hole.
    assert.equal(await acceptsCipherZero(options, AbortSignal.timeout(5000)), true)
  },
)

test(
  'a BMC that is silent is given up at its deadline, and ipmitool does not outlive it',
  counterpart,
  async (t) => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1')
    t.after(() => silent.close())
    await once(silent, 'listening')
    const power = open(silent.address().port, 'hunter2', 200)
    await assert.rejects(power.status(), { code: 'CPC-POW-001', message: /within 0.2 s/ })
    assert.ok(existsSync(secretFolder))
    assert.deepEqual(readdirSync(secretFolder), [])
  },
)

test('a machine without stored credentials is told so, before anything is sent', async () => {
  const options = { url: 'ipmi://127.0.0.1', macs: [], secretFolder, clock: hurriedClock() }
  await assert.rejects(openPower(options).status(), { code: 'CPC-POW-006' })
})
