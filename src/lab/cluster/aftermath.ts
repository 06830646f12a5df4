// Why this file exists: what ends a benchmark is often a node that went down under it, and then only its console and its
// host know why. Both are kept while it runs, and printed when it fails.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { orderArgv } from '../appliance.ts'
import type { Finished } from '../command.ts'
import { accountIn, plainConsole } from '../evidence.ts'
import { askHost, hostsOf } from './host-shell.ts'
import { insideNode } from './node-shell.ts'
import { oneLine } from './promise.ts'
import type { ClusterRun } from './site.ts'
import type { SeenVcn } from './views.ts'

const consoleSecondsMax = 7200
const lookMsMax = 60_000
const insideLook = 'cat /proc/uptime; dmesg | tail -n 8'
const hostLook = 'dmesg | tail -n 8; tail -n 6 /var/log/libvirt/qemu/*.log'

/** Gives an order with all consoles open; when it ends badly, prints how nodes and hosts are. */
export async function withAftermath(
  cluster: ClusterRun,
  vcns: readonly SeenVcn[],
  order: () => Promise<Finished>,
): Promise<Finished> {
  const consoles = vcns.map((vcn) => openConsole(cluster, vcn))
  const closeAll = (): void => {
    for (const { close } of consoles) close()
  }
  const finished = await order().finally(closeAll)
  if (finished.exit !== 0) {
    for (const each of consoles) printConsole(cluster, each)
    await printState(cluster, vcns)
  }
  return finished
}

interface OpenConsole {
  readonly vcn: SeenVcn
  readonly path: string
  readonly close: () => void
}

function openConsole({ run: { plan } }: ClusterRun, vcn: SeenVcn): OpenConsole {
  const path = `${plan.logsDir}/console-${vcn.fullName}.log`
  const words = ['vcn', 'console', vcn.fullName, '--seconds', String(consoleSecondsMax)]
  const [program = '', ...rest] = orderArgv(plan, words)
  const file = openSync(path, 'w')
  const child = spawn(program, rest, { stdio: ['ignore', file, file] })
  child.on('error', () => undefined) // then the file is empty, which is said
  closeSync(file)
  return { vcn, path, close: () => void child.kill('SIGKILL') }
}

function printConsole({ run }: ClusterRun, { vcn, path }: OpenConsole): void {
  const text = existsSync(path) ? readFileSync(path, 'latin1') : ''
  const lines = accountIn(plainConsole(text))
  run.print(`  console of ${vcn.fullName}, all of it in ${path}:`)
  for (const line of lines) run.print(`    ${line}`)
}

async function printState({ run }: ClusterRun, vcns: readonly SeenVcn[]): Promise<void> {
  for (const vcn of vcns) {
    const said = await insideNode(run, vcn, insideLook, lookMsMax).then(
      ({ text }) => text,
      (error: unknown) => String(error),
    )
    run.print(`  inside ${vcn.fullName}: ${oneLine(said)}`)
  }
  for (const host of await hostsOf(run.plan)) {
    const { stdout, stderr } = await askHost(run, host, hostLook)
    run.print(`  on ${host.name}: ${oneLine(`${stdout}\n${stderr}`)}`)
  }
}
