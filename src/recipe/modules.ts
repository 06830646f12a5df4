// Why this file exists: a kernel module is of no use without those it depends on; depmod's index says which.
import { namePattern } from './tree.ts'

export interface ModuleChoice {
  /** Paths below the modules folder, sorted. */
  readonly files: readonly string[]
  /** Wanted, but neither a file nor built in. */
  readonly missing: readonly string[]
}

/** Names with - and with _ are the same module to the kernel. */
export function moduleName(path: string): string {
  const base = path.split('/').at(-1) ?? ''
  return base.replace(/\.ko(\.(xz|zst|gz))?$/, '').replaceAll('-', '_')
}

/** `index` is modules.dep, whose lines already hold all that a module needs; `builtin` is modules.builtin. */
export function chooseModules(
  wanted: readonly string[],
  index: string,
  builtin: string,
): ModuleChoice {
  const lines = new Map(
    index
      .split('\n')
      .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, file = '', needs = '']) => [
        moduleName(file),
        [file, ...needs.split(' ').filter((need) => need !== '')],
      ]),
  )
  const inKernel = new Set(builtin.split('\n').map(moduleName))
  const names = wanted.map(moduleName).flatMap((name) => {
    const rule = namePattern(name)
    return name.includes('*') ? [...lines.keys()].filter((one) => rule.test(one)) : [name]
  })
  return {
    files: [...new Set(names.flatMap((name) => lines.get(name) ?? []))].toSorted(),
    missing: names.filter((name) => !lines.has(name) && !inKernel.has(name)),
  }
}
