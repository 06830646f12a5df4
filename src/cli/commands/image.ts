// Why this file exists: the noun `image`: the disks that nodes of virtual clusters start from, and what hosts boot.
import type { Command } from 'commander'
import type { ImageView } from '#api'
import { Fault } from '#fault'
import type { ImageRef } from '../client/clusters.ts'
import { imagesFrom } from '../names/image-names.ts'
import { bytesText } from '../output/bytes.ts'
import { type Listing, printList } from '../output/print.ts'
import { type Call, type Outcome, tell } from '../program/call.ts'
import { confirm } from '../program/confirm.ts'
import { forEachName } from '../program/many.ts'
import { voFlag, type VoFlag } from '../program/named-clusters.ts'
import { type Declare, dryRunFlag, type Word, watchFlag, yesFlag } from '../program/noun.ts'
import { showEach } from '../program/show.ts'
import { showing, type WatchFlags } from '../program/watch.ts'
import { declareImagePush } from './image-push.ts'
import { declareImageBuild } from './local-orders.ts'

const shortDigestCharacters = 'sha256:'.length + 12

const imageListing: Listing<ImageView> = {
  nameOf: ({ id }) => id,
  columns: [
    { title: 'vo', text: ({ vo }) => vo },
    { title: 'id', text: ({ id }) => id },
    { title: 'format', text: ({ format }) => format },
    { title: 'size', text: ({ bytes }) => bytesText(bytes) },
    { title: 'disk', text: ({ virtualBytes }) => bytesText(virtualBytes) },
    { title: 'digest', text: ({ digest }) => digest.slice(0, shortDigestCharacters) },
    { title: 'pushed', text: ({ pushedAt }) => pushedAt },
    { title: 'by', text: ({ pushedBy }) => pushedBy },
    { title: 'used by', text: ({ usedBy }) => usedBy.join(' ') || '-' },
  ],
}

const idsWord: Word = ['<ids...>', 'such as voc-compute@3; without a number the newest']

export function declareImage(program: Command, declare: Declare): void {
  const noun = program
    .command('image')
    .summary('keep the disk images that virtual clusters start from')
    .description(
      'Keep the disk images that virtual clusters start from: name@version means the same bytes for ever.',
    )
  declareImagePush(noun, declare)
  declare<WatchFlags & VoFlag>(noun, {
    name: 'list',
    summary: 'list images, and which clusters use them',
    help: '  coppice image list --vo physics',
    flags: [voFlag, watchFlag],
    run: (call) =>
      showing(call, async () => {
        const all = await (await call.appliance()).images.list(call.flags.vo)
        await printList(call.io, call.flags, all, imageListing)
      }),
  })
  declare<VoFlag>(noun, {
    name: 'show',
    summary: 'show all that is known of images',
    help: '  coppice image show voc-compute@3 --vo physics',
    words: [idsWord],
    flags: [voFlag],
    run: async (call) => {
      const named = await imagesNamed(call)
      const { images } = await call.appliance()
      return showEach(call, [...named.keys()], imageListing, (name) =>
        images.show(refOf(named, name)),
      )
    },
  })
  declare<VoFlag>(noun, {
    name: 'verify',
    summary: 'read images again, and compare them with their digests',
    help: 'Exit 1 when the bytes are no longer those that were pushed.\n\n  coppice image verify voc-compute@3 --vo physics',
    words: [idsWord],
    flags: [voFlag],
    run: verify,
  })
  declareRemove(noun, declare)
  declareImageBuild(noun, declare)
}

function declareRemove(noun: Command, declare: Declare): void {
  declare<VoFlag & { yes?: boolean; dryRun?: boolean }>(noun, {
    name: 'remove',
    summary: 'remove images that no cluster uses',
    help: 'The name and number are never given to other bytes.\n\n  coppice image remove voc-compute@2 --vo physics',
    words: [idsWord],
    flags: [voFlag, yesFlag, dryRunFlag],
    run: async (call) => {
      const named = await imagesNamed(call)
      const names = [...named.keys()]
      if (call.flags.dryRun === true) return tell(call, `would remove ${names.join(' ')}`)
      await confirm(call, `Remove ${names.join(' ')}`)
      const { images } = await call.appliance()
      return forEachName(call, names, { done: 'removed' }, (name) =>
        images.remove(refOf(named, name)),
      )
    },
  })
}

/** By `physics/voc-compute@3`. */
async function imagesNamed({ words, flags, io }: Call<VoFlag>): Promise<Map<string, ImageRef>> {
  const refs = await imagesFrom(words, flags.vo, io.stdin)
  return new Map(refs.map((ref) => [`${ref.vo}/${ref.id}`, ref]))
}

function refOf(named: ReadonlyMap<string, ImageRef>, name: string): ImageRef {
  const ref = named.get(name)
  if (ref === undefined) throw new Error(`${name} was not named`)
  return ref
}

async function verify(call: Call<VoFlag>): Promise<Outcome> {
  const named = await imagesNamed(call)
  const { images } = await call.appliance()
  // One after the other: each reads a whole disk.
  return forEachName(call, [...named.keys()], { done: 'whole:', inOrder: true }, async (name) => {
    const { whole, reason } = await images.verify(refOf(named, name))
    if (whole) return
    throw new Fault('CPC-IMG-011', {
      what: 'the image is not what was pushed',
      where: name,
      why: reason ?? 'its bytes no longer have its digest',
      todo: 'look at the disk of the appliance; remove the image and push the original again',
    })
  })
}
