// Why this file exists: what an image is written with comes from the packages of its recipe too, so that the machine that
// builds needs none of it, and the same packages give the same bytes.
import { join } from 'node:path'
import { Fault } from '#fault'
import type { Ran, Run, RunOptions } from './run.ts'
import { mergedPath, type Tree } from './tree.ts'

export interface Toolbox {
  readonly tree: Tree
  /** Folder into which the packages were unpacked. */
  readonly staging: string
  readonly run: Run
}

/**
 * A program of the unpacked packages with its own libraries; `undefined`: no package brought it. `name` is for one that
 * is many and plays the one by whose name it is called.
 */
export function toolCommand(
  { tree, staging }: Pick<Toolbox, 'tree' | 'staging'>,
  program: string,
  name = program,
): readonly string[] | undefined {
  const item = tree.get(mergedPath(program))
  if (item?.kind !== 'file') return undefined
  const libraries = ['lib', 'usr/lib'].map((one) => join(staging, one, 'x86_64-linux-gnu'))
  return [
    join(staging, 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'),
    '--argv0',
    name,
    '--library-path',
    libraries.join(':'),
    item.source,
  ]
}

/** Runs it to its end; anything but success is a fault. */
export async function useTool(
  toolbox: Toolbox,
  words: readonly [string, ...string[]],
  options: RunOptions = {},
): Promise<Ran> {
  const [program, ...rest] = words
  const command = toolCommand(toolbox, program)
  if (command === undefined) throw toolFault(program, 'no package of the recipe brought it')
  const done = await toolbox.run([...command, ...rest], options)
  if (done.status === 0) return done
  throw toolFault(words.join(' '), done.complaint || `it ended with ${done.status}`)
}

export function toolFault(where: string, why: string): Fault {
  return new Fault('CPC-RCP-011', {
    what: 'a tool that writes the image failed',
    where,
    why,
    todo: 'look at the free disk space; the recipe must name the packages e2fsprogs, grub-pc-bin and qemu-utils for a disk, and squashfs-tools for squashed folders',
  })
}
