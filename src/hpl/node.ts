// Why this file exists: how large a run may be, and whether its figure is worth comparing, is told by each machine itself;
// a machine of a tenant may tell anything, so what it says is read within limits.

export interface NodeFacts {
  readonly cpus: number
  /** What a run may use of it now. */
  readonly memoryBytes: number
  /** Its processor is simulated in software, here or on the level below. */
  readonly isEmulated: boolean
}

/** To be run on a machine; `readNodeFacts` reads what it prints. */
export const nodeQuestion = ['cat', '/proc/meminfo', '/proc/cpuinfo'] as const

/** QEMU simulates a processor under this name; a node whose `host-passthrough` stands on such a host shows it too. */
const simulatedModel = /^model name\s*:\s*QEMU (TCG|Virtual) CPU/m

/** `undefined` when this is no answer of a Linux. */
export function readNodeFacts(text: string): NodeFacts | undefined {
  const kibibytes = Number(/^MemAvailable:\s+(\d{1,12}) kB$/m.exec(text)?.[1] ?? 0)
  const cpus = text.match(/^processor\s*:/gm)?.length ?? 0
  if (kibibytes === 0 || cpus === 0) return undefined
  return { cpus, memoryBytes: kibibytes * 1024, isEmulated: simulatedModel.test(text) }
}
