// Why this file exists: people write as much of a cluster's or a node's name as they need, as a path or as DNS has it. Pure.
import { Fault } from '#fault'

/** What was said of it; the rest is to be looked up. */
export interface SaidOfCluster {
  readonly cluster: string
  readonly vo?: string
}

export interface SaidOfVcn {
  readonly vcn: string
  readonly cluster?: string
  readonly vo?: string
}

/** `hpl`, `physics/hpl`, `hpl.physics` or that below the domain. */
export function readClusterName(word: string, voFlag: string | undefined): SaidOfCluster {
  const [cluster = '', vo] = partsOf(word, 2)
  return { cluster, ...voOf(word, vo, voFlag) }
}

/** `compute1`, `compute1.hpl`, `compute1.hpl.physics`, that below the domain, or `physics/hpl/compute1`. */
export function readVcnName(word: string, voFlag: string | undefined): SaidOfVcn {
  const [vcn = '', cluster, vo] = partsOf(word, 3)
  return { vcn, ...(cluster !== undefined && { cluster }), ...voOf(word, vo, voFlag) }
}

/** The narrowest first. */
function partsOf(word: string, partsMax: number): readonly string[] {
  const path = word.split('/')
  const parts = path.length > 1 ? path.toReversed() : word.split('.').slice(0, partsMax)
  if (parts.length <= partsMax && parts.every((part) => part !== '')) return parts
  throw misnamed(word, 'it has too many parts, or an empty one')
}

function voOf(
  word: string,
  vo: string | undefined,
  voFlag: string | undefined,
): { readonly vo?: string } {
  if (vo !== undefined && voFlag !== undefined && vo !== voFlag) {
    throw misnamed(word, `it names the VO ${vo}, and --vo names ${voFlag}`)
  }
  const said = vo ?? voFlag
  return said === undefined ? {} : { vo: said }
}

function misnamed(word: string, why: string): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'this name cannot be understood',
    where: word,
    why,
    todo: 'name a cluster as physics/hpl, and a node as compute1.hpl.physics',
  })
}

/** The one that was meant; `found` is all that answers to the word. */
export function theOnly<Item>(found: readonly Item[], { word, kind, fullName }: Asked<Item>): Item {
  const [first, ...others] = found
  if (first === undefined) {
    throw new Fault('CPC-CLI-013', {
      what: `there is no ${kind} ${word}`,
      where: word,
      why: 'nothing that the appliance knows answers to this name',
      todo: `look at: coppice ${kind} list`,
    })
  }
  if (others.length === 0) return first
  throw new Fault('CPC-CLI-001', {
    what: `${word} is the name of more than one ${kind}`,
    where: word,
    why: `it may be ${found.map(fullName).join(' or ')}`,
    todo: 'name the one that you mean in full',
  })
}

interface Asked<Item> {
  readonly word: string
  readonly kind: 'cluster' | 'vcn'
  readonly fullName: (item: Item) => string
}
