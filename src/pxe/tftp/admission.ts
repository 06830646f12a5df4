// Why this file exists: when every session is in use, who gives way must be fair: one machine that asks a thousand
// times must not keep a rack from booting. Pure.
export interface Occupant {
  readonly key: string
  readonly address: string
  readonly heardAt: number
}

export type Admission =
  | { readonly kind: 'admit' }
  | { readonly kind: 'evict'; readonly key: string }
  | { readonly kind: 'refuse' }

/** Below the limit anybody; at it, the quietest session of the address that holds most, if that is more than fair. */
export function admit(
  occupants: ReadonlyMap<string, Occupant>,
  address: string,
  sessionsMax: number,
): Admission {
  if (occupants.size < sessionsMax) return { kind: 'admit' }
  const held = new Map<string, number>()
  for (const one of occupants.values()) held.set(one.address, (held.get(one.address) ?? 0) + 1)
  const [greedy, count] = [...held].reduce((most, one) => (one[1] > most[1] ? one : most))
  if (count <= (held.get(address) ?? 0) + 1) return { kind: 'refuse' }
  const quietest = [...occupants.values()]
    .filter((one) => one.address === greedy)
    .reduce((quiet, one) => (one.heardAt < quiet.heardAt ? one : quiet))
  return { kind: 'evict', key: quietest.key }
}
