// Why this file exists: "address in use" helps nobody; the name of the program that holds the port does.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Looking through more processes than this would take longer than the answer is worth. */
const processesMax = 5_000
const descriptorsPerProcessMax = 4_096

/** Who holds a port, as `dnsmasq (process 412)`; `undefined` when it cannot be seen. */
export function portHolder(protocol: 'udp' | 'tcp', port: number): string | undefined {
  const inodes = new Set(
    [protocol, `${protocol}6`].flatMap((table) =>
      inodesOnPort(readOr(`/proc/net/${table}`, ''), port),
    ),
  )
  if (inodes.size === 0) return undefined
  const processes = listOr('/proc').filter((name) => /^\d+$/.test(name))
  const holder = processes.slice(0, processesMax).find((id) => holdsOne(id, inodes))
  if (holder === undefined) return undefined
  return `${readOr(`/proc/${holder}/comm`, 'a process').trim()} (process ${holder})`
}

/** Socket inodes with that local port, from the text of /proc/net/udp or tcp. Pure. */
export function inodesOnPort(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.split(':')[1] === wanted)
    .map((columns) => columns[9] ?? '')
    .filter((inode) => inode !== '' && inode !== '0')
}

function holdsOne(process: string, inodes: ReadonlySet<string>): boolean {
  return listOr(`/proc/${process}/fd`)
    .slice(0, descriptorsPerProcessMax)
    .some((descriptor) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOr(`/proc/${process}/fd/${descriptor}`))?.[1]
      return inode !== undefined && inodes.has(inode)
    })
}

// Processes end while we look at them, and others are not ours to see: then they are not the answer.
function listOr(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
