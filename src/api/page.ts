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

/** The items after the key that `after` stands for, in the order of their keys. Pure. */
export function pageOfItems<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, after }: PageQuery,
): Page<Item> {
  const bound = after === undefined ? undefined : Buffer.from(after, 'base64url').toString('utf8')
  const rest = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => bound === undefined || key > bound)
    .toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  const items = page.map(({ item }) => item)
  return rest.length > limit && last !== undefined
    ? { items, next: Buffer.from(last.key, 'utf8').toString('base64url') }
    : { items }
}
