// Why this file exists: at each start the store reads its names, throws away what was still arriving, and finishes what a
// power cut left half done. Bytes that it cannot explain are told of and never removed.
import { join } from 'node:path'
import type { Fault } from '#fault'
import type { Catalogue } from './catalogue.ts'
import { damaged, unknownBytes, unreadableRecord } from './faults.ts'
import type { ImageFs } from './image-fs.ts'
import { blobPath, type Layout, manifestPath, recordPath, recordSuffix } from './layout.ts'
import { type ImageRecord, readRecord } from './record.ts'
import type { Shelf } from './shelf.ts'

export interface Start {
  readonly fs: ImageFs
  readonly layout: Layout
  readonly catalogue: Catalogue
  readonly shelf: Shelf
  readonly onAlarm: (fault: Fault) => void
}

export async function startUp(start: Start): Promise<void> {
  const { fs, layout, catalogue, shelf } = start
  for (const folder of [layout.blobs, layout.names, layout.incoming]) await fs.makeFolder(folder)
  await fs.syncFolder(layout.root)
  const allRead = await readNames(start)
  // A record that cannot be read may be the one that needs these bytes.
  if (allRead) {
    for (const record of [...(await readIntents(start)), ...catalogue.removed()])
      if (await liesThere(start, record)) await shelf.dropUnneeded(record)
  }
  for (const name of await fs.list(layout.incoming)) await fs.remove(join(layout.incoming, name))
  await compareBytes(start)
}

async function liesThere({ fs, layout }: Start, record: ImageRecord): Promise<boolean> {
  for (const path of [blobPath(layout, record), manifestPath(layout, record)]) {
    if ((await fs.bytesOf(path)) !== undefined) return true
  }
  return false
}

/** False when one of them could not be read. */
async function readNames(start: Start): Promise<boolean> {
  const { fs, layout, catalogue, onAlarm } = start
  let allRead = true
  for (const path of await recordPaths(fs, layout)) {
    const record = await readAt(fs, path)
    const why = typeof record === 'string' ? record : misplaced(layout, path, record)
    if (typeof record === 'object' && why === undefined) catalogue.set(record)
    if (why === undefined) continue
    allRead = false
    onAlarm(unreadableRecord(path, why))
  }
  return allRead
}

async function recordPaths(fs: ImageFs, layout: Layout): Promise<readonly string[]> {
  const paths: string[] = []
  for (const vo of await fs.list(layout.names)) {
    for (const name of await fs.list(join(layout.names, vo))) {
      const folder = join(layout.names, vo, name)
      paths.push(...(await fs.list(folder)).map((file) => join(folder, file)))
    }
  }
  return paths
}

async function readAt(fs: ImageFs, path: string): Promise<ImageRecord | string> {
  const bytes = await fs.read(path)
  return bytes === undefined ? 'it is gone' : readRecord(bytes)
}

/** A record says itself whose it is; a copy of it elsewhere says nothing. */
function misplaced(layout: Layout, path: string, record: ImageRecord): string | undefined {
  return recordPath(layout, record.vo, record) === path ? undefined : 'it belongs to another name'
}

/** What was about to be published when the power went; one that is torn was not yet acted upon. */
async function readIntents({ fs, layout }: Start): Promise<readonly ImageRecord[]> {
  const intents: ImageRecord[] = []
  for (const name of await fs.list(layout.incoming)) {
    if (!name.endsWith(recordSuffix)) continue
    const record = await readAt(fs, join(layout.incoming, name))
    if (typeof record === 'object') intents.push(record)
  }
  return intents
}

async function compareBytes({ fs, layout, catalogue, onAlarm }: Start): Promise<void> {
  const held = catalogue.held()
  for (const image of held) {
    const bytes = await fs.bytesOf(blobPath(layout, image))
    if (bytes !== image.bytes)
      onAlarm(damaged(blobPath(layout, image), `${bytes ?? 'no'} bytes instead of ${image.bytes}`))
  }
  const known = new Set(
    held.flatMap((image) => [blobPath(layout, image), manifestPath(layout, image)]),
  )
  for (const name of await fs.list(layout.blobs)) {
    const path = join(layout.blobs, name)
    if (!known.has(path)) onAlarm(unknownBytes(path))
  }
}
