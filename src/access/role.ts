// Why this file exists: who may do what is one table that can be read at a glance, not a condition in each handler.
export const roles = ['admin', 'operator', 'vo-member', 'read-only'] as const
export type Role = (typeof roles)[number]

/** Who asks. A member of a VO acts in that VO only. */
export interface Principal {
  readonly name: string
  readonly role: Role
  readonly vo?: string
}

const everybody = roles
const staff = ['admin', 'operator'] as const
const lookers = ['admin', 'operator', 'read-only'] as const

/** Each action with the roles that may do it. What is a VO's, its members do too, but in their own VO only. */
const allowed = {
  read: lookers,
  'read-audit': staff,
  'operate-machines': staff,
  'change-machines': staff,
  'release-leases': staff,
  'confirm-identity': staff,
  'change-networks': staff,
  'change-vos': ['admin'],
  'accept-mass-deletion': staff,
  'manage-tokens': ['admin'],
  'back-up': ['admin'],
  'read-vo': everybody,
  'use-vo': ['admin', 'operator', 'vo-member'],
} as const satisfies Readonly<Record<string, readonly Role[]>>

export type Action = keyof typeof allowed

export const actions: readonly Action[] = Object.keys(allowed).filter(isAction)

export function isAction(text: string): text is Action {
  return Object.hasOwn(allowed, text)
}

export function isRole(text: string): text is Role {
  return roles.some((role) => role === text)
}

/** What is being acted upon, where that matters. */
export interface Scope {
  readonly vo?: string
}

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'CPC-ACCESS-002'; readonly why: string }

export function authorize(principal: Principal, action: Action, scope: Scope = {}): Verdict {
  const may: readonly Role[] = allowed[action]
  if (!may.includes(principal.role)) {
    return refuse(`${principal.role} may not ${action}; ${may.join(' or ')} may`)
  }
  const isForeign = principal.role === 'vo-member' && !ownsVo(principal, scope)
  return isForeign
    ? refuse(`${principal.name} is no member of ${scope.vo ?? 'any VO'}`)
    : { ok: true }
}

function ownsVo(principal: Principal, scope: Scope): boolean {
  return principal.vo !== undefined && principal.vo === scope.vo
}

function refuse(why: string): Verdict {
  return { ok: false, code: 'CPC-ACCESS-002', why }
}
