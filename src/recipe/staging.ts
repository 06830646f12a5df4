// Why this file exists: between the unpacked packages on disk and the pure choices about them stands one walk over
// the folder.
import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Item, mergedPath, type Tree } from './tree.ts'

/** Everything below `folder` as the image would see it. The merge makes /lib/x and /usr/lib/x one path. */
export function readTree(folder: string): Tree {
  const tree = new Map<string, Item>()
  for (const item of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const source = join(item.parentPath, item.name)
    const path = mergedPath(source.slice(folder.length))
    if (item.isSymbolicLink()) tree.set(path, { kind: 'link', target: readlinkSync(source) })
    else if (item.isFile()) tree.set(path, { kind: 'file', source })
  }
  return tree
}
