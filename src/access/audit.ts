// Why this file exists: every change leaves a record that says who, what, before, after and how it ended, and that
// can be shown to anybody who may read it: secrets are taken out before they get in.
import type { Principal, Role } from './role.ts'

export interface AuditRecord {
  readonly at: number
  readonly who: string
  readonly role: Role
  readonly action: string
  readonly target: string
  readonly before?: unknown
  readonly after?: unknown
  /** `done`, or the code of the fault that ended it. */
  readonly result: string
}

/** The store keeps it. */
export interface AuditLog {
  append(record: AuditRecord): number
}

export interface AuditedChange {
  readonly principal: Principal
  readonly action: string
  readonly target: string
  readonly before?: unknown
  readonly after?: unknown
  readonly result: string
  readonly now: number
}

export function auditRecord(change: AuditedChange): AuditRecord {
  const { principal, action, target, before, after, result, now } = change
  return {
    at: now,
    who: principal.name,
    role: principal.role,
    action,
    target,
    ...(before === undefined ? {} : { before: withoutSecrets(before) }),
    ...(after === undefined ? {} : { after: withoutSecrets(after) }),
    result,
  }
}

const secretName = /secret|password|passphrase|token|credential|private.?key/i
const depthMax = 20

/** A copy in which whatever is called a secret is replaced. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > depthMax) return '[too deep]'
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  // A type that redacts itself knows best.
  if ('toJSON' in value) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      secretName.test(name) ? '[secret]' : withoutSecrets(inner, depth + 1),
    ]),
  )
}
