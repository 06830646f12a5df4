// Why this file exists: a kernel package holds thousands of modules and no index of them (its maintainer script would
// make it); we want a few, with an index of exactly those.
import { linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '#fault'
import { chooseModules } from './modules.ts'
import type { Run } from './run.ts'
import type { Tree } from './tree.ts'

export interface Kernel {
  readonly release: string
  /** The kernel's own file, unpacked. */
  readonly source: string
  /** Image path to file on disk: the chosen modules and their index. */
  readonly files: ReadonlyMap<string, string>
}

const depmodSecondsMax = 120
/** What depmod reads beside the modules, and what modprobe reads afterwards. */
const builtinLists = ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']
const indexFiles = ['modules.alias', 'modules.builtin', 'modules.dep', 'modules.softdep']

export async function prepareKernel(
  tree: Tree,
  staging: string,
  wanted: readonly string[],
  run: Run,
): Promise<Kernel> {
  const image = [...tree.keys()].find((path) => path.startsWith('/boot/vmlinuz-'))
  const kernel = image === undefined ? undefined : tree.get(image)
  if (image === undefined || kernel?.kind !== 'file')
    throw kernelFault('CPC-RCP-005', staging, 'no package brought /boot/vmlinuz-*')
  const release = image.slice('/boot/vmlinuz-'.length)
  const all = join(staging, 'lib/modules', release)
  await indexModules(staging, staging, release, run)
  const choice = chooseModules(
    wanted,
    readFileSync(join(all, 'modules.dep'), 'utf8'),
    readFileSync(join(all, 'modules.builtin'), 'utf8'),
  )
  if (choice.missing.length > 0)
    throw kernelFault('CPC-RCP-005', release, `it has no module ${choice.missing.join(', ')}`)
  const chosen = join(staging, '.chosen')
  const folder = join(chosen, 'lib/modules', release)
  for (const file of [...choice.files, ...builtinLists]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    linkSync(join(all, file), join(folder, file))
  }
  await indexModules(staging, chosen, release, run)
  const files = [...choice.files, ...readdirSync(folder).filter((one) => indexFiles.includes(one))]
  return {
    release,
    source: kernel.source,
    files: new Map(
      files.map((file) => [`/usr/lib/modules/${release}/${file}`, join(folder, file)]),
    ),
  }
}

/** Runs the depmod that was just unpacked, with its own libraries: this machine may have none. */
async function indexModules(
  staging: string,
  base: string,
  release: string,
  run: Run,
): Promise<void> {
  const libraries = ['lib', 'usr/lib'].map((one) => join(staging, one, 'x86_64-linux-gnu'))
  const done = await run(
    [
      join(staging, 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'),
      '--argv0',
      'depmod',
      '--library-path',
      libraries.join(':'),
      join(staging, 'bin/kmod'),
      '--basedir',
      base,
      release,
    ],
    { secondsMax: depmodSecondsMax },
  )
  if (done.status !== 0)
    throw kernelFault('CPC-RCP-006', base, done.complaint || `depmod ended with ${done.status}`)
}

function kernelFault(code: 'CPC-RCP-005' | 'CPC-RCP-006', where: string, why: string): Fault {
  return code === 'CPC-RCP-005'
    ? new Fault(code, {
        what: 'the kernel package does not have what the recipe wants',
        where,
        why,
        todo: 'correct the modules in recipe.yaml, or choose another kernel package',
      })
    : new Fault(code, {
        what: 'the index of kernel modules cannot be made',
        where,
        why,
        todo: 'the recipe must name the package kmod; look at the free disk space',
      })
}
