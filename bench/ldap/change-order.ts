// Why this file exists: the bench and its program in the client's network exchange one order and one result.
export interface ChangeOrder {
  readonly url: string
  readonly bindDn: string
  readonly secretFile: string
  readonly base: string
  readonly domain: string
  readonly server: string
  readonly relay: string
  readonly size: number
  readonly timedCount: number
  readonly changes: number
}

/** Milliseconds after the answer to the modification; an event may come before it. */
export interface ChangeResult {
  readonly dns: number[]
  readonly dhcp: number[]
  readonly event: number[]
}

// Both ends are one program of one version, so only the envelope is looked at.

export function isChangeOrder(value: unknown): value is ChangeOrder {
  return typeof value === 'object' && value !== null && 'changes' in value && 'relay' in value
}

export function isChangeResult(value: unknown): value is ChangeResult {
  return typeof value === 'object' && value !== null && 'dns' in value && 'event' in value
}
