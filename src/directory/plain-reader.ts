// Why this file exists: JSON that comes back from a disk or a socket is unknown until each value has been looked
// at. These small readers look, and say where they were when they did not like what they saw.

/** Thrown inside this room only; `readPlain` turns it into a refusal. */
class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/** The refusal names the place, as `nics[1].address: no IPv4 address`. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: string }

/** One unknown value and where it stands: the way there is spelt only when something is refused. */
export interface Plain {
  readonly value: unknown
  readonly within?: Plain
  readonly key?: string | number
}

export function readPlain<T>(value: unknown, read: (plain: Plain) => T): Read<T> {
  try {
    return { ok: true, value: read({ value }) }
  } catch (problem) {
    if (!(problem instanceof Unreadable)) throw problem
    return { ok: false, refusal: problem.message }
  }
}

export function refuse(plain: Plain, why: string): never {
  return unreadable(pathOf(plain), why)
}

/** `path`: where it stands; empty for the whole of it. */
export function unreadable(path: string, why: string): never {
  throw new Unreadable(path === '' ? why : `${path}: ${why}`)
}

function pathOf({ within, key }: Plain): string {
  if (within === undefined || key === undefined) return ''
  const above = pathOf(within)
  if (typeof key === 'number') return `${above}[${key}]`
  return above === '' ? key : `${above}.${key}`
}

/** A member of an object; an absent one reads as `undefined`. */
export function member(plain: Plain, key: string): Plain {
  const { value } = plain
  if (!isObject(value)) return refuse(plain, 'no object')
  return { value: Object.hasOwn(value, key) ? value[key] : undefined, within: plain, key }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function text(plain: Plain): string {
  return typeof plain.value === 'string' ? plain.value : refuse(plain, 'no text')
}

export function flag(plain: Plain): boolean {
  return typeof plain.value === 'boolean' ? plain.value : refuse(plain, 'neither true nor false')
}

export function count(plain: Plain): number {
  const { value } = plain
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : refuse(plain, 'no whole number')
}

/** Text that a parser of ours accepts, in that parser's own spelling: `Mac`, `Label`, `DnsName`, `Uuid`. */
export function parsed<T extends string>(plain: Plain, parse: (text: string) => T | undefined): T {
  return parse(text(plain)) ?? refuse(plain, `${JSON.stringify(plain.value)} is not one`)
}

/** Most lists of most entries: one for all of them. */
export const none: readonly never[] = Object.freeze([])

export function list<T>(plain: Plain, read: (item: Plain) => T): readonly T[] {
  const { value } = plain
  if (!Array.isArray(value)) return refuse(plain, 'no list')
  if (value.length === 0) return none
  return value.map((item: unknown, at) => read({ value: item, within: plain, key: at }))
}

/** `undefined` for an absent member, which the caller then leaves out. */
export function optional<T>(plain: Plain, read: (plain: Plain) => T): T | undefined {
  return plain.value === undefined ? undefined : read(plain)
}

export function texts(plain: Plain): Readonly<Record<string, string>> {
  const { value } = plain
  if (!isObject(value)) return refuse(plain, 'no object')
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, text({ value: item, within: plain, key })]),
  )
}
