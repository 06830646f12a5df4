// Why this file exists: the makers of file systems read a folder, so the list of contents becomes one; only names, kinds
// and bytes count in it, owners and times are set in the file system itself.
import { chmodSync, constants, copyFileSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Contents } from './contents.ts'

/** Lays `contents` below `folder`, which must not exist. */
export function layContents(contents: Contents, folder: string): void {
  mkdirSync(folder)
  // Sorted, so that a folder comes before what is in it.
  for (const path of [...contents.keys()].toSorted()) {
    const content = contents.get(path)
    const target = join(folder, path)
    if (content?.kind === 'folder') {
      mkdirSync(target)
      chmodSync(target, 0o755)
    } else if (content?.kind === 'link') symlinkSync(content.target, target)
    else if (content?.kind === 'file') {
      copyFileSync(content.source, target, constants.COPYFILE_FICLONE)
      chmodSync(target, content.executable ? 0o755 : 0o644)
    }
  }
}

/** What the files hold together. */
export function fileBytes(contents: Contents): number {
  return [...contents.values()].reduce(
    (sum, content) => sum + (content.kind === 'file' ? lstatSync(content.source).size : 0),
    0,
  )
}
