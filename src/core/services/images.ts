// Why this file exists: images as VOs handle them: pushed by a stream, named by people, checked before anybody sees them.
import type { Readable } from 'node:stream'
import type { Caller, ImagePush, ImageView, PushedView, Services } from '#api'
import { type Label, parseLabel } from '#directory'
import { Fault } from '#fault'
import {
  formatImageId,
  type ImageName,
  imageVersion,
  type ImageVersion,
  parseImageDigest,
  parseImageFormat,
  parseImageName,
  parseImageVersion,
  type Push,
  readQuota,
  type StoredImage,
} from '#vocluster'
import { usersOf } from '../image-shelf.ts'
import { type ClusterContext, demandMembership, findVo } from './cluster-context.ts'
import { audited } from './context.ts'

export function imageServices(context: ClusterContext): Services['images'] {
  const { images } = context
  const view = (image: StoredImage): ImageView => imageView(image, context)
  const find = (vo: string, id: string): StoredImage => findImage(vo, id, context)
  return {
    list: (vo) =>
      images
        .list()
        .filter((image) => vo === undefined || image.vo === vo)
        .map(view),
    show: (vo, id) => view(find(vo, id)),
    push: (bytes, push, caller) => receive(bytes, push, caller, context),
    async verify(vo, id, caller) {
      const image = find(vo, id)
      demandMembership(caller, image.vo)
      const verdict = await images.verify(image)
      return verdict.whole ? { whole: true } : { whole: false, reason: verdict.fault.text.why }
    },
    remove(vo, id, caller) {
      const image = find(vo, id)
      demandMembership(caller, image.vo)
      const target = `${image.vo}/${formatImageId(image)}`
      const change = { caller, action: 'image remove', target, before: view(image) }
      return audited(context, change, () => images.remove(image, caller.name))
    },
  }
}

function imageView(image: StoredImage, { engine }: ClusterContext): ImageView {
  const { vo, name, version, digest, bytes, facts, pushedBy, pushedAt } = image
  return {
    vo,
    name,
    version,
    id: formatImageId(image),
    format: facts.format,
    digest,
    bytes,
    virtualBytes: facts.virtualBytes,
    pushedBy,
    pushedAt: new Date(pushedAt).toISOString(),
    usedBy: usersOf(image, engine),
  }
}

function findImage(voText: string, id: string, { images }: ClusterContext): StoredImage {
  const vo = parseLabel(voText)
  const [nameText = '', versionText, ...rest] = id.split('@')
  const name = parseImageName(nameText)
  const version = versionText === undefined ? undefined : parseImageVersion(versionText)
  const isMalformed = rest.length > 0 || (versionText !== undefined && version === undefined)
  if (vo === undefined || name === undefined || isMalformed) throw unusable(`image ${voText}/${id}`)
  return images.show(vo, name, version)
}

async function receive(
  bytes: Readable,
  push: ImagePush,
  caller: Caller,
  context: ClusterContext,
): Promise<PushedView> {
  const order = readPush(push, caller, context)
  const target = `${order.vo}/${order.name}`
  return audited(context, { caller, action: 'image push', target, after: push }, async () => {
    const { image, isNew } = await context.images.receive(bytes, order)
    return { ...imageView(image, context), isNew }
  })
}

function readPush(push: ImagePush, caller: Caller, context: ClusterContext): Push {
  const vo = findVo(push.vo, context)
  demandMembership(caller, vo.name)
  const where = `image ${push.vo}/${push.name}`
  const format = parseImageFormat(push.format ?? 'qcow2')
  const digest = push.digest === undefined ? undefined : parseImageDigest(push.digest)
  if (format === undefined) throw unusable(where, 'its format must be qcow2 or raw')
  if (push.digest !== undefined && digest === undefined)
    throw unusable(where, 'its digest must be sha256: and 64 hexadecimal digits')
  return {
    vo: vo.name,
    name: readName(push.name, where),
    ...(push.version !== undefined && { version: readVersion(push.version, where) }),
    format,
    by: caller.name,
    ...quotaOf(vo.name, context),
    announced: {
      ...(push.bytes !== undefined && { bytes: push.bytes }),
      ...(digest !== undefined && { digest }),
    },
  }
}

/** A limit that cannot be read must never come to mean "no limit". */
function quotaOf(name: Label, context: ClusterContext): { readonly imageBytesMax?: number } {
  const quota = readQuota(findVo(name, context))
  if (!quota.ok) throw unusable(`VO ${name}, quota ${quota.refusal.text}`, quota.refusal.why)
  const { imageBytes } = quota.value
  return imageBytes === undefined ? {} : { imageBytesMax: imageBytes }
}

function readName(text: string, where: string): ImageName {
  const name = parseImageName(text)
  if (name !== undefined) return name
  throw unusable(where)
}

function readVersion(value: number, where: string): ImageVersion {
  const version = imageVersion(value)
  if (version !== undefined) return version
  throw unusable(where, 'its version must be a whole number from 1')
}

function unusable(
  where: string,
  why = 'a name has small letters, digits, dots, hyphens and underscores; a version follows behind @',
): Fault {
  return new Fault('CPC-VO-003', {
    what: 'the image cannot be meant',
    where,
    why,
    todo: 'name it as in: coppice image push base.qcow2 --vo physics --name voc-compute',
  })
}
