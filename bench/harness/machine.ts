// Why this file exists: a figure is worth nothing without the machine it was measured on, and how busy that was.
import { cpus, loadavg, release, totalmem } from 'node:os'

export function machineLine(): string {
  const all = cpus()
  const model = all[0]?.model.trim() ?? 'processor unknown'
  const memory = Math.round(totalmem() / 1024 ** 3)
  const [load = 0] = loadavg()
  return `${all.length} × ${model}, ${memory} GiB, Linux ${release()}, Node ${process.version}, load ${load.toFixed(1)}`
}
