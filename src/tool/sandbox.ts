// Why this file exists: what a tool process may have is decided in one place: memory, time and files by prlimit, no network
// and no rights of root by unshare and setpriv, and of the file system only what it needs by Node's own permissions.
export interface Sandbox {
  readonly memoryBytesMax: number
  readonly cpuSecondsMax: number
  readonly openFilesMax: number
}

export interface SandboxedProgram {
  /** Node and its own options. */
  readonly node: readonly [string, ...string[]]
  readonly script: string
  /** Files and folders that it may read. */
  readonly readable: readonly string[]
  readonly asRoot: boolean
}

/** V8 reserves 1.4 GB of addresses at its start, of which it touches little. */
export const sandbox: Sandbox = {
  memoryBytesMax: 2 * 2 ** 30,
  cpuSecondsMax: 10,
  openFilesMax: 64,
}

const heapMegabytesMax = 64

export function sandboxedArgv(program: SandboxedProgram, limits: Sandbox): readonly string[] {
  return [
    ...(program.asRoot ? ['unshare', '--net', '--'] : []),
    'setpriv',
    '--pdeathsig=KILL',
    '--no-new-privs',
    // Still user 0, but with that user's own files only, like any other user.
    ...(program.asRoot ? ['--inh-caps', '-all', '--bounding-set', '-all'] : []),
    '--',
    'prlimit',
    `--as=${limits.memoryBytesMax}`,
    `--cpu=${limits.cpuSecondsMax}`,
    `--nofile=${limits.openFilesMax}`,
    '--core=0',
    '--fsize=0',
    '--',
    ...program.node,
    `--max-old-space-size=${heapMegabytesMax}`,
    '--permission',
    ...program.readable.map((path) => `--allow-fs-read=${path}`),
    program.script,
  ]
}

/** The program's own code: the checkout, or the folder of packages that it was installed into. */
export function codeFolder(projectRoot: string): string {
  const installed = projectRoot.indexOf('/node_modules/')
  return installed < 0 ? projectRoot : projectRoot.slice(0, installed + '/node_modules'.length)
}
