// Why this file exists: core's side of the image store: the folder that NFS exports, the sandboxed tools that look at
// strangers' bytes, and who uses which image.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { Label } from '#directory'
import {
  blobFile,
  formatImageId,
  type ImageFact,
  ImageStore,
  nodeImageFs,
  type StoredImage,
} from '#vocluster'
import { imageTools } from '../tool/run.ts'
import type { ClusterEngine } from './clusters/engine.ts'
import type { Foundation } from './foundation.ts'

const tokenBytes = 12

export type UsersOf = (image: StoredImage) => readonly string[]

export function openImageShelf(foundation: Foundation, usersOf: UsersOf): Promise<ImageStore> {
  const root = foundation.settings.images.store
  mkdirSync(root, { recursive: true })
  return ImageStore.open({
    root,
    fs: nodeImageFs,
    clock: { now: foundation.now, after },
    tools: imageTools({
      node: [process.execPath, ...process.execArgv],
      asRoot: process.getuid?.() === 0,
    }),
    isUsed: (image) => Promise.resolve(usersOf(image)),
    newToken: () => randomBytes(tokenBytes).toString('hex'),
    onAlarm: (fault) => foundation.events.tell('alarm', 'images', fault.message),
  })
}

function after(millis: number, run: () => void): () => void {
  const timer = setTimeout(run, millis)
  return () => clearTimeout(timer)
}

/** Clusters, as `physics/hpl`, whose nodes are made of the image or will be. */
export function usersOf(image: StoredImage, engine: ClusterEngine): readonly string[] {
  const id = formatImageId(image)
  return engine
    .clusters()
    .filter(({ vo }) => vo === image.vo)
    .filter(({ vo, cluster }) =>
      engine.spec(vo, cluster)?.vcns.some((vcn) => formatImageId(vcn.image) === id),
    )
    .map(({ vo, cluster }) => `${vo}/${cluster}`)
}

/** What plans may know of a VO's images. */
export function imageFacts(images: ImageStore, vo: Label): readonly ImageFact[] {
  return images
    .list()
    .filter((image) => image.vo === vo)
    .map((image) => ({
      id: { name: image.name, version: image.version },
      digest: image.digest,
      base: {
        file: blobFile(image),
        format: image.facts.format,
        virtualBytes: image.facts.virtualBytes,
      },
    }))
}
