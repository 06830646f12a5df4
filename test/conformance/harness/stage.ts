// Why this file exists: a subject answers in a network namespace of its own, at the far end of one cable; this process
// moves to the near end for good, so that every socket it opens from then on is a client's.
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chmodSync } from 'node:fs'
import { libc } from '../../../src/net/libc.ts'
import { ip } from './commands.ts'
import { openTap, type Tap } from './tap.ts'
import {
  clientAddress,
  nets,
  otherRelay,
  relay,
  server,
  serverMac,
  strangerAddress,
} from './world.ts'

export interface Stage {
  /** Where the subject lives. */
  readonly namespace: string
  readonly interfaceName: string
  /** For its files; gone with the stage. */
  readonly folder: string
  readonly tap: Tap
  close(): Promise<void>
}

export const serverInterface = 'srv0'
const clientInterface = 'cli0'

/** Once in a process: there is no way back from the clients' end. */
export async function openStage(): Promise<Stage> {
  const namespace = `cpcs-${process.pid}`
  const home = `cpcc-${process.pid}`
  for (const name of [namespace, home]) ip('netns', 'add', name)
  wire(namespace, home)
  enter(home)
  // The process holds the namespace; its name is of no more use.
  ip('netns', 'delete', home)
  const folder = mkdtempSync(join(tmpdir(), 'coppice-conformance-'))
  chmodSync(folder, 0o755)
  const tap = await openTap(clientInterface)
  return {
    namespace,
    interfaceName: serverInterface,
    folder,
    tap,
    async close() {
      await tap.close()
      ip('netns', 'delete', namespace)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function wire(namespace: string, home: string): void {
  const theirs = (...words: readonly string[]): string => ip('-n', namespace, ...words)
  const ours = (...words: readonly string[]): string => ip('-n', home, ...words)
  theirs(
    'link',
    'add',
    serverInterface,
    'address',
    serverMac,
    'type',
    'veth',
    'peer',
    'name',
    clientInterface,
  )
  theirs('link', 'set', clientInterface, 'netns', home)
  theirs('address', 'add', `${server}/${nets.near.prefix}`, 'brd', '+', 'dev', serverInterface)
  for (const device of ['lo', serverInterface]) theirs('link', 'set', device, 'up')
  for (const address of [clientAddress, strangerAddress])
    ours('address', 'add', `${address}/${nets.near.prefix}`, 'dev', clientInterface)
  for (const address of [relay, otherRelay])
    ours('address', 'add', `${address}/32`, 'dev', clientInterface)
  for (const device of ['lo', clientInterface]) ours('link', 'set', device, 'up')
  for (const { number } of [nets.far, nets.farther])
    theirs('route', 'add', `${number}/24`, 'via', clientAddress)
}

function enter(name: string): void {
  const descriptor = openSync(join('/run/netns', name), 'r')
  libc().enterNetworkNamespace(descriptor)
  closeSync(descriptor)
}
