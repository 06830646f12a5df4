// Why this file exists: on a full disk slapd refuses changes with words that only its makers understand. The appliance
// says in plain ones that room is getting short, that there is none, and that there is room again.
import { statfsSync } from 'node:fs'
import { Fault } from '#fault'

export type Room = 'enough' | 'short' | 'none'

export interface Disk {
  readonly freeBytes: number
  readonly sizeBytes: number
}

const mib = 1024 ** 2
/** One change of the directory writes some pages; below this the next may fail. */
const noneBytes = mib
/** A small disk is short of room when a tenth is left. */
const shortBytesMax = 256 * mib
const shortShare = 0.1
const lookEveryMs = 2_000

export function roomOn({ freeBytes, sizeBytes }: Disk): Room {
  if (freeBytes < noneBytes) return 'none'
  return freeBytes < Math.min(shortBytesMax, sizeBytes * shortShare) ? 'short' : 'enough'
}

/** What there is to say when it has changed. */
export function roomWords(room: Room, dataDir: string, { freeBytes }: Disk): string {
  const left = `${(freeBytes / mib).toFixed(1)} MiB free where ${dataDir} lies`
  switch (room) {
    case 'none':
      return `alarm: the disk is full (${left}): changes of the directory are refused until there is room; what was answered is safe, and machines are served on`
    case 'short':
      return `warning: the disk is nearly full: ${left}`
    case 'enough':
      return `there is room on the disk again: ${left}`
  }
}

/** For `coppice status`; `undefined`: there is enough. */
export function roomTrouble(
  dataDir: string,
  look: (path: string) => Disk = diskOf,
): Fault | undefined {
  const disk = look(dataDir)
  const room = roomOn(disk)
  if (room === 'enough') return undefined
  const isFull = room === 'none'
  return new Fault('CPC-SRV-005', {
    what: isFull ? 'the disk is full' : 'the disk is nearly full',
    where: dataDir,
    why: `${(disk.freeBytes / mib).toFixed(1)} MiB are free${isFull ? ', and changes are refused' : ''}`,
    todo: 'make room there; what was answered is safe, and machines are served on',
  })
}

/** Looks now and again and again, until it is disposed of. */
export function watchRoom(
  dataDir: string,
  log: (line: string) => void,
  look: (path: string) => Disk = diskOf,
): Disposable {
  let before: Room = 'enough'
  const compare = (): void => {
    const disk = look(dataDir)
    const room = roomOn(disk)
    if (room !== before) log(roomWords(room, dataDir, disk))
    before = room
  }
  compare()
  const timer = setInterval(compare, lookEveryMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function diskOf(path: string): Disk {
  const { bavail, blocks, bsize } = statfsSync(path)
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
}
