// Why this file exists: both protocols of an emulated BMC obey one small owner of the machine's power, which starts and
// stops a real QEMU.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import type { MachinePlan } from '../plan.ts'
import {
  consoleSocket,
  monitorSocket,
  ovmfVariablesTemplate,
  qemuArguments,
  qemuProgram,
  variablesFile,
} from '../qemu.ts'
import { pressPowerButton } from './monitor.ts'

/** What a BMC can do to its machine. */
export interface MachinePower {
  isOn(): boolean
  /** Of the process that is the machine; a test that kills a machine kills this. */
  pid(): number | undefined
  on(): Promise<void>
  off(): Promise<void>
  /** The power button, pressed briefly: the operating system decides. */
  press(): Promise<void>
}

/** `onChange` is told of each change, also of a machine that dies by itself. */
export function qemuPower(machine: MachinePlan, onChange: (on: boolean) => void): MachinePower {
  let running: ChildProcess | undefined
  return {
    isOn: () => running !== undefined,
    pid: () => running?.pid,
    on: async () => {
      if (running !== undefined) return
      const child = start(machine)
      running = child
      child.once('exit', () => {
        running = undefined
        onChange(false)
      })
      try {
        await once(child, 'spawn')
        onChange(true)
      } catch (error) {
        running = undefined
        throw error
      }
    },
    off: async () => {
      if (running === undefined) return
      const gone = once(running, 'exit')
      running.kill('SIGKILL') // as unfriendly as a cut cable
      await gone
    },
    press: async () => {
      if (running !== undefined) await pressPowerButton(monitorSocket(machine))
    },
  }
}

function start(machine: MachinePlan): ChildProcess {
  mkdirSync(machine.directory, { recursive: true, mode: 0o700 })
  for (const stale of [consoleSocket(machine), monitorSocket(machine)])
    rmSync(stale, { force: true })
  // The board's own memory: what the firmware stores there stays from boot to boot.
  if (machine.firmware === 'uefi' && !existsSync(variablesFile(machine)))
    copyFileSync(ovmfVariablesTemplate, variablesFile(machine))
  const log = openSync(`${machine.directory}/qemu.log`, 'a', 0o600)
  const child = spawn(qemuProgram, qemuArguments(machine), { stdio: ['ignore', log, log] })
  closeSync(log)
  return child
}
