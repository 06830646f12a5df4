// Why this file exists: what stands above an entry is read from its key alone.

/** The keys above an entry's, nearest first. A comma inside a name is escaped, and no border. */
export function* ancestorKeys(key: string): Generator<string> {
  for (let at = 0; at < key.length; at += 1) {
    if (key[at] === '\\') at += 1
    else if (key[at] === ',') yield key.slice(at + 1)
  }
}

export function parentKey(key: string): string | undefined {
  if (key.includes('\\')) {
    for (const ancestor of ancestorKeys(key)) return ancestor
    return undefined
  }
  const comma = key.indexOf(',')
  return comma < 0 ? undefined : key.slice(comma + 1)
}
