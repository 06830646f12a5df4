// Why this file exists: a large library that is seldom used would lie in the memory of each host for ever. In a file system
// of its own it stays compressed; what is read of it is cached, and forgotten when memory is wanted.
import { join, posix } from 'node:path'
import { type Content, type Contents, withParents } from './contents.ts'
import { layContents } from './lay.ts'
import { type Toolbox, useTool } from './tool.ts'

/** Where the image finds them: what is to be mounted at /a/b lies here as a/b.squashfs. */
export const squashFolder = '/usr/lib/coppice/squashed'
const secondsMax = 600
const deterministic = ['-all-root', '-all-time', '0', '-mkfs-time', '0', '-processors', '1']

/** The same contents, with each of `folders` taken out into a file; their places stay as empty folders. */
export async function squashFolders(
  toolbox: Toolbox,
  contents: Contents,
  order: { readonly folders: readonly string[]; readonly work: string },
): Promise<Contents> {
  const left = new Map<string, Content>(contents)
  for (const [index, folder] of order.folders.entries()) {
    const source = join(order.work, `squash-${index}`)
    const file = `${source}.squashfs`
    layContents(takeOut(left, folder), source)
    await useTool(
      toolbox,
      ['/usr/bin/mksquashfs', source, file, '-comp', 'zstd', '-no-progress', ...deterministic],
      { secondsMax },
    )
    const path = posix.join(squashFolder, `${folder}.squashfs`)
    left.set(path, { kind: 'file', source: file, executable: false })
    left.set(folder, { kind: 'folder' })
  }
  return withParents(left)
}

function takeOut(contents: Map<string, Content>, folder: string): Contents {
  const inside = new Map<string, Content>()
  for (const [path, content] of contents) {
    if (!path.startsWith(`${folder}/`)) continue
    inside.set(path.slice(folder.length), content)
    contents.delete(path)
  }
  return inside
}
