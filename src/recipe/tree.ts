// Why this file exists: what was unpacked is looked at as one file tree with merged /usr, whatever each package
// thinks of /bin and /lib, and choosing from it is a question asked of a value.
import { posix } from 'node:path'

export type Item =
  | { readonly kind: 'file'; readonly source: string }
  | { readonly kind: 'link'; readonly target: string }

/** Absolute path after the merge of /bin, /sbin, /lib and /lib64 into /usr. */
export type Tree = ReadonlyMap<string, Item>

const linksInPathMax = 8

export function mergedPath(path: string): string {
  return path.replace(/^\/(bin|sbin|lib|lib64)(?=\/|$)/, '/usr/$1')
}

/** The links that lead from `path` to a file, and that file; `undefined` when they lead nowhere. */
export function followPath(tree: Tree, path: string): readonly string[] | undefined {
  const passed: string[] = []
  let at = mergedPath(path)
  for (let step = 0; step <= linksInPathMax; step += 1) {
    const item = tree.get(at)
    if (item === undefined) return undefined
    passed.push(at)
    if (item.kind === 'file') return passed
    at = mergedPath(posix.resolve(posix.dirname(at), item.target))
  }
  return undefined
}

/** `*` stands for anything within one folder's name. */
export function matchPaths(tree: Tree, pattern: string): readonly string[] {
  const wanted = mergedPath(pattern)
  if (!wanted.includes('*')) return tree.has(wanted) ? [wanted] : []
  const rule = namePattern(wanted)
  return [...tree.keys()].filter((path) => rule.test(path))
}

export function namePattern(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]*')}$`)
}
