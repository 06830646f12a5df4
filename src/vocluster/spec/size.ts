// Why this file exists: memory and disks are written as people say them, `512MiB`, in cluster files and in quotas, and
// are bytes everywhere inside.

const units = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const

/** `512MiB`, `1GiB`, or plain bytes. `undefined`: no size, or more bytes than a number holds exactly. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,16}) ?(KiB|MiB|GiB|TiB)?$/.exec(text.trim())
  if (match === null) return undefined
  const factor = units.find(([unit]) => unit === match[2])?.[1] ?? 1
  const bytes = Number(match[1]) * factor
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** In the largest unit that leaves a whole number. */
export function formatSize(bytes: number): string {
  const fitting = units.find(([, factor]) => bytes >= factor && bytes % factor === 0)
  return fitting === undefined ? `${bytes} bytes` : `${bytes / fitting[1]}${fitting[0]}`
}
