// Why this file exists: three processes of one program share its code. RSS counts that thrice, PSS once; both are told.
import { readFileSync } from 'node:fs'

export interface Memory {
  readonly rssMb: number
  readonly pssMb: number
}

/** MB are 10^6 bytes. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const of = (name: string): number => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]
    return (Number(kib) * 1024) / 1e6
  }
  return { rssMb: of('Rss'), pssMb: of('Pss') }
}
