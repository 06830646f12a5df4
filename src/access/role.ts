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

/** Each action with the roles that may do it. Those of a VO are for its own members besides the admin. */
const allowed = {
  read: everybody,
  'read-audit': staff,
  'operate-machines': staff,
  'change-machines': staff,
  'release-leases': staff,
  'confirm-identity': staff,
  'change-networks': ['admin'],
  'change-vos': ['admin'],
  'accept-mass-deletion': ['admin'],
  'manage-tokens': ['admin'],
  'back-up': ['admin'],
  'use-vo': ['admin', 'vo-member'],
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
  const isForeign = action === 'use-vo' && principal.role !== 'admin' && !ownsVo(principal, scope)
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
