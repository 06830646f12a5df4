// Why this file exists: nodes.conf is YAML; keys and values are needed with their places, and values as the text that
// stands there, for Warewulf writes numbers, words and switches alike.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
} from 'yaml'
import type { Report } from '../report.ts'
import type { Places } from '../source.ts'

export interface Entry {
  readonly key: string
  readonly offset: number
  readonly value: Node | undefined
}

/** YAML takes long and much memory: this is about 30,000 nodes. */
export const charactersMax = 8 * 1024 * 1024
/** Brackets inside brackets on one line, each of which costs the parser a descent. */
const bracketsMax = 64
const aliasesMax = 16

export class Yaml {
  readonly root: Node | undefined
  readonly #document: Document.Parsed
  #targets: ReadonlyMap<Alias, Node> | undefined

  constructor(document: Document.Parsed) {
    this.#document = document
    this.root = document.contents ?? undefined
  }

  /** Also what `<<` merges in, which comes last: what stands there itself counts. */
  entries(node: Node | undefined): readonly Entry[] {
    const map = this.#target(node)
    if (!isMap(map)) return []
    const own = map.items.flatMap(({ key, value }): readonly Entry[] => {
      if (!isScalar(key)) return []
      const offset = key.range?.[0] ?? 0
      return [{ key: String(key.value), offset, value: isNode(value) ? value : undefined }]
    })
    const merged = own.filter(({ key }) => key === '<<').flatMap(({ value }) => this.#merged(value))
    return [...own.filter(({ key }) => key !== '<<'), ...merged]
  }

  items(node: Node | undefined): readonly Node[] {
    const list = this.#target(node)
    return isSeq(list) ? list.items.filter(isNode) : []
  }

  isMapping(node: Node | undefined): boolean {
    return isMap(this.#target(node))
  }

  isList(node: Node | undefined): boolean {
    return isSeq(this.#target(node))
  }

  /** A scalar as it is written; `undefined` for nothing, for `UNDEF` and for what is no scalar. */
  text(node: Node | undefined): string | undefined {
    const scalar = this.#target(node)
    if (!isScalar(scalar) || scalar.value === null || scalar.value === undefined) return undefined
    const text = (scalar.source ?? plain(scalar.value)).trim()
    return unset.has(text.toUpperCase()) ? undefined : text
  }

  #target(node: Node | undefined): Node | undefined {
    let at = node
    for (let steps = 0; isAlias(at); steps += 1) {
      if (steps >= aliasesMax) return undefined
      at = (this.#targets ??= aliasTargets(this.#document)).get(at)
    }
    return at
  }

  #merged(value: Node | undefined): readonly Entry[] {
    const list = this.isList(value) ? this.items(value) : [value]
    // What is merged in may merge in again, but a circle would never end.
    return list.flatMap((each) => {
      const map = this.#target(each)
      if (!isMap(map)) return []
      return map.items.flatMap(({ key, value: inner }): readonly Entry[] => {
        if (!isScalar(key) || key.value === '<<') return []
        return [
          {
            key: String(key.value),
            offset: key.range?.[0] ?? 0,
            value: isNode(inner) ? inner : undefined,
          },
        ]
      })
    })
  }
}

function plain(value: unknown): string {
  const isPlain =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isPlain ? String(value) : ''
}

/** In one walk: asked one by one, each alias walks the whole document. An anchor may be set anew further down. */
function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source)
        if (target !== undefined) targets.set(node, target)
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return targets
}

/** What Warewulf's versions write for "no value". */
const unset: ReadonlySet<string> = new Set(['', 'UNDEF', 'UNSET', 'DELETE', '--', '~', 'NULL'])

export function parseYaml(text: string, places: Places, report: Report): Yaml | undefined {
  if (text.length > charactersMax) {
    report.refuse(places.at(0), `it has more than ${charactersMax} characters`, 'CPC-IMP-003')
    return undefined
  }
  if (new RegExp(`(?:[[{][ \\t]*){${bracketsMax}}`).test(text)) {
    report.refuse(places.at(0), `it has more than ${bracketsMax} brackets inside each other`)
    return undefined
  }
  const document = documentOf(text)
  if (typeof document === 'string') {
    report.refuse(places.at(0), `this is no YAML: ${document}`)
    return undefined
  }
  for (const { pos, message } of document.errors) {
    report.refuse(places.at(pos[0]), `this is no YAML: ${message}`)
  }
  return document.errors.length > 0 ? undefined : new Yaml(document)
}

/** The parser descends into what is nested, and a stack has an end; that is a fault of the file, too. */
function documentOf(text: string): Document.Parsed | string {
  try {
    return parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: false })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
