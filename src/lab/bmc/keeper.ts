// Why this file exists: the keeper is the rack's one process that holds the machines: it starts and stops QEMU for their
// BMCs, and outlives both the lab run and the appliance. Its argument is the file that says which machines.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import type { Server } from 'node:http'
import type { MachinePlan } from '../plan.ts'
import { ownProgram } from '../start.ts'
import { ipmiFiles } from './ipmi.ts'
import { parseKept } from './kept.ts'
import { jsonServer } from './listen.ts'
import { type MachinePower, qemuPower } from './power.ts'
import { type RedfishAnswer, redfishBoard } from './redfish.ts'

const ipmiSimulator = '/usr/bin/ipmi_sim'

interface Bmc {
  readonly power: MachinePower
  setMute(mute: boolean): void
}

const [keptPath = ''] = process.argv.slice(2)
const kept = parseKept(readFileSync(keptPath, 'utf8'))
const bmcs = new Map(kept.machines.map((machine) => [machine.name, bmcOf(machine)]))

function bmcOf(machine: MachinePlan): Bmc {
  return machine.bmc.protocol === 'ipmi' ? ipmiBmc(machine) : redfishBmc(machine)
}

function redfishBmc(machine: MachinePlan): Bmc {
  const power = qemuPower(machine, () => undefined)
  let mute = false
  const answer = redfishBoard({ ...machine, user: kept.user, secret: kept.secret, power })
  jsonServer(answer, () => mute).listen(machine.bmc.port, machine.bmc.address)
  return {
    power,
    setMute: (wanted) => {
      mute = wanted
    },
  }
}

function ipmiBmc(machine: MachinePlan): Bmc {
  const folder = `${machine.directory}/ipmi`
  mkdirSync(`${folder}/state`, { recursive: true, mode: 0o700 })
  const chassisProgram = `${folder}/chassis`
  const powerFile = `${folder}/power`
  const showPower = (on: boolean): void => writeFileSync(powerFile, on ? '1\n' : '0\n')
  showPower(false)
  const power = qemuPower(machine, showPower)
  const program = ownProgram(
    new URL('./chassis.ts', import.meta.url),
    kept.controlSocket,
    machine.name,
  )
  const settings = { user: kept.user, secret: kept.secret, chassisProgram, powerFile }
  const files = ipmiFiles(machine, settings, program)
  writeFileSync(`${folder}/lan.conf`, files.lan, { mode: 0o600 })
  writeFileSync(`${folder}/emulator.conf`, files.emulator)
  writeFileSync(chassisProgram, files.chassis)
  chmodSync(chassisProgram, 0o700)
  const simulator = startSimulator(folder)
  return {
    power,
    // A stopped process keeps its socket and answers nothing: that is a dead BMC as a client sees it.
    setMute: (wanted) => simulator.kill(wanted ? 'SIGSTOP' : 'SIGCONT'),
  }
}

function startSimulator(folder: string): ChildProcess {
  const log = openSync(`${folder}/ipmi_sim.log`, 'a', 0o600)
  const files = [
    '-c',
    `${folder}/lan.conf`,
    '-f',
    `${folder}/emulator.conf`,
    '-s',
    `${folder}/state`,
  ]
  const simulator = spawn(ipmiSimulator, [...files, '-n'], { stdio: ['ignore', log, log] })
  closeSync(log)
  simulator.once('error', (error) => process.stderr.write(`ipmi_sim: ${error.message}\n`))
  simulator.once('exit', (code, name) => process.stderr.write(`ipmi_sim ended: ${name ?? code}\n`))
  return simulator
}

async function order(bmc: Bmc, word: string): Promise<void> {
  switch (word) {
    case 'on':
      return bmc.power.on()
    case 'off':
      return bmc.power.off()
    case 'press':
      return bmc.power.press()
    case 'reset': // the button of a machine that is off does nothing
      if (!bmc.power.isOn()) return
      await bmc.power.off()
      return bmc.power.on()
    case 'mute':
      return bmc.setMute(true)
    case 'unmute':
      return bmc.setMute(false)
    default:
      throw new Error(`the keeper knows no order "${word}"`)
  }
}

async function obey({ method, path }: { method: string; path: string }): Promise<RedfishAnswer> {
  const [, name = '', word = ''] = path.split('/')
  const bmc = bmcs.get(name)
  if (bmc === undefined) return { status: 404, body: { error: `no machine ${name}` } }
  if (method === 'POST') await order(bmc, word)
  return { status: 200, body: { on: bmc.power.isOn(), pid: bmc.power.pid() } }
}

function listenForOrders(): Server {
  rmSync(kept.controlSocket, { force: true })
  return jsonServer(obey).listen(kept.controlSocket, () => {
    chmodSync(kept.controlSocket, 0o600)
    process.stdout.write('ready\n')
  })
}

listenForOrders()
