// Why this file exists: an image is named voc-compute@3, while in a node set @ asks for a tag. Pure but for standard input.
import { Fault } from '#fault'
import type { ImageRef } from '../client/clusters.ts'
import { namesFrom } from './names.ts'

/** Takes the place of the @ within a name while the set is expanded; names of images cannot have it. */
const standIn = '='

/** `voc-compute@3`, `voc-compute@[1-3]`, `physics/voc-compute`; `-` for standard input. */
export async function imagesFrom(
  words: readonly string[],
  vo: string | undefined,
  stdin: () => Promise<string>,
): Promise<readonly ImageRef[]> {
  const names = await namesFrom(words.map(hidden), {
    stdin: async () => hidden(await stdin()),
    namesOfTag: () => Promise.resolve([]),
  })
  return names.map((name) => imageRef(name.replaceAll(standIn, '@'), vo))
}

/** The same length, so that complaints name the right character. */
function hidden(word: string): string {
  return word.replaceAll(/(?<=[^\s,!&^])@/g, standIn)
}

function imageRef(name: string, voFlag: string | undefined): ImageRef {
  const slash = name.indexOf('/')
  const vo = slash < 0 ? voFlag : name.slice(0, slash)
  if (vo === undefined || (voFlag !== undefined && vo !== voFlag)) {
    throw new Fault('CPC-CLI-001', {
      what: 'it is not clear whose image this is',
      where: name,
      why: vo === undefined ? 'no VO is named' : `--vo names ${voFlag}, and the image ${vo}`,
      todo: 'give --vo VO, or name the image as physics/voc-compute@3',
    })
  }
  return { vo, id: name.slice(slash + 1) }
}
