// Why this file exists: a kernel package holds thousands of modules and no index of them (its maintainer script would
// make it); we want a few, with an index of exactly those.
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '#fault'
import { chooseModules } from './modules.ts'
import { type Toolbox, toolCommand } from './tool.ts'

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

/** `wanted` are modules of an image; an image may have several choices, each of which gets an index of its own. */
export async function prepareKernel(toolbox: Toolbox, wanted: readonly string[]): Promise<Kernel> {
  const { tree, staging } = toolbox
  const image = [...tree.keys()].find((path) => path.startsWith('/boot/vmlinuz-'))
  const kernel = image === undefined ? undefined : tree.get(image)
  if (image === undefined || kernel?.kind !== 'file')
    throw kernelFault('CPC-RCP-005', staging, 'no package brought /boot/vmlinuz-*')
  const release = image.slice('/boot/vmlinuz-'.length)
  const all = join(staging, 'lib/modules', release)
  await indexModules(toolbox, staging, release)
  const choice = chooseModules(
    wanted,
    readFileSync(join(all, 'modules.dep'), 'utf8'),
    readFileSync(join(all, 'modules.builtin'), 'utf8'),
  )
  if (choice.missing.length > 0)
    throw kernelFault('CPC-RCP-005', release, `it has no module ${choice.missing.join(', ')}`)
  const chosen = mkdtempSync(join(staging, '.chosen-'))
  const folder = join(chosen, 'lib/modules', release)
  for (const file of [...choice.files, ...builtinLists]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    linkSync(join(all, file), join(folder, file))
  }
  await indexModules(toolbox, chosen, release)
  const files = [...choice.files, ...readdirSync(folder).filter((one) => indexFiles.includes(one))]
  return {
    release,
    source: kernel.source,
    files: new Map(
      files.map((file) => [`/usr/lib/modules/${release}/${file}`, join(folder, file)]),
    ),
  }
}

async function indexModules(toolbox: Toolbox, base: string, release: string): Promise<void> {
  const depmod = toolCommand(toolbox, '/usr/bin/kmod', 'depmod')
  if (depmod === undefined) throw kernelFault('CPC-RCP-006', base, 'no package brought kmod')
  const done = await toolbox.run([...depmod, '--basedir', base, release], {
    secondsMax: depmodSecondsMax,
  })
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
