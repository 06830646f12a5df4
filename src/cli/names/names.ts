// Why this file exists: wherever one name goes, thousands may: a node set, a tag, or a list on standard input.
import { expandNodeSet, type NodeSetRefusal, parseNodeSet } from '#directory'
import { Fault } from '#fault'

export interface NameSources {
  readonly stdin: () => Promise<string>
  /** The names of the machines with this tag, asked of the appliance. */
  readonly namesOfTag: (tag: string) => Promise<readonly string[]>
}

/** Each name once, in the order written. Never empty. */
export async function namesFrom(
  words: readonly string[],
  sources: NameSources,
): Promise<readonly string[]> {
  const source = await sourceText(words, sources.stdin)
  const parsed = parseNodeSet(source)
  if (!parsed.ok) throw notUnderstood(source, parsed.refusal)
  const tags = new Set<string>()
  const dry = expandNodeSet(parsed.value, (tag) => {
    tags.add(tag)
    return []
  })
  if (!dry.ok) throw notUnderstood(source, dry.refusal)
  const tagged = new Map<string, readonly string[]>()
  for (const tag of tags) tagged.set(tag, await sources.namesOfTag(tag))
  const names = expandNodeSet(parsed.value, (tag) => {
    const carriers = tagged.get(tag)
    return carriers?.length === 0 ? undefined : carriers
  })
  if (!names.ok) throw notUnderstood(source, names.refusal)
  if (names.value.length === 0) throw nobody(source)
  return names.value
}

async function sourceText(words: readonly string[], stdin: () => Promise<string>): Promise<string> {
  if (!words.includes('-')) return words.join(',')
  const piped = (await stdin()).split(/\s+/).filter((word) => word !== '')
  const all = words.flatMap((word) => (word === '-' ? piped : [word]))
  if (all.length === 0) throw nobody('-')
  return all.join(',')
}

export function notUnderstood(source: string, { code, position, why }: NodeSetRefusal): Fault {
  const shown = source.length > 200 ? `${source.slice(0, 200)}...` : source
  return new Fault(code, {
    what: 'these names cannot be understood',
    where: `${shown}, at character ${position + 1}`,
    why,
    todo: 'write names as n[001-128], @tag or n1,n2 (in quotes), or - for standard input',
  })
}

function nobody(source: string): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'this names nobody',
    where: source,
    why: source === '-' ? 'standard input holds no name' : 'after all exclusions nothing is left',
    todo: 'name at least one',
  })
}
