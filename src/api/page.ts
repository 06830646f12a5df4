// Why this file exists: a list of 100,000 machines is not one answer; a page ends at a key, so that what is added or
// removed meanwhile shifts nothing.

export interface PageQuery {
  readonly limit: number
  readonly after?: string | undefined
}

export interface Page<Item> {
  items: Item[]
  next?: string
}

/** What is new stands at one end or the other, so a page that was read already stays as it was. */
export type PageOrder = 'ascending' | 'descending'

/** The items after the key that `after` stands for, in the order of their keys. Pure. */
export function pageOfItems<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, after }: PageQuery,
  order: PageOrder = 'ascending',
): Page<Item> {
  const sign = order === 'ascending' ? 1 : -1
  const bound = after === undefined ? undefined : Buffer.from(after, 'base64url').toString('utf8')
  const rest = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => bound === undefined || sign * compare(key, bound) > 0)
    .toSorted((one, other) => sign * compare(one.key, other.key))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  const items = page.map(({ item }) => item)
  return rest.length > limit && last !== undefined
    ? { items, next: Buffer.from(last.key, 'utf8').toString('base64url') }
    : { items }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
