// Why this file exists: where each thing lies in the image store: bytes under their digest, names beside them, and what is
// still arriving in a folder that is emptied at each start.
import { join } from 'node:path'
import type { Label } from '#directory'
import { formatImageId, type ImageId, type ImageName } from '../image-name.ts'
import type { ImageRecord } from './record.ts'

export interface Layout {
  readonly root: string
  readonly blobs: string
  readonly names: string
  readonly incoming: string
}

export function layoutOf(root: string): Layout {
  return {
    root,
    blobs: join(root, 'blobs'),
    names: join(root, 'names'),
    incoming: join(root, 'incoming'),
  }
}

type Content = Pick<ImageRecord, 'digest' | 'facts'>

/** Relative to the store, and so to the NFS export of it. */
export function blobFile({ digest, facts }: Content): string {
  return join('blobs', `${digest.replace(':', '-')}.${facts.format}`)
}

export function blobPath(layout: Layout, content: Content): string {
  return join(layout.root, blobFile(content))
}

/** Beside the bytes, for whoever finds them without their name. */
export function manifestPath(layout: Layout, { digest }: Content): string {
  return join(layout.blobs, `${digest.replace(':', '-')}.json`)
}

export function voFolder(layout: Layout, vo: Label): string {
  return join(layout.names, vo)
}

export function nameFolder(layout: Layout, vo: Label, name: ImageName): string {
  return join(voFolder(layout, vo), name)
}

export function recordPath(layout: Layout, vo: Label, id: ImageId): string {
  return join(nameFolder(layout, vo, id.name), `${formatImageId(id)}.json`)
}

export const recordSuffix = '.record.json'

/** `token` is fresh for each arrival. */
export function incomingPaths(layout: Layout, token: string) {
  return {
    bytes: join(layout.incoming, `${token}.part`),
    record: join(layout.incoming, `${token}${recordSuffix}`),
    manifest: join(layout.incoming, `${token}.manifest.json`),
  }
}
