// Door of the room: tokens, roles, what a request's head may say, and the form of the audit log.
export {
  type AuditedChange,
  type AuditLog,
  type AuditRecord,
  auditRecord,
  withoutSecrets,
} from './audit.ts'
export {
  bearerToken,
  type BearerResult,
  checkHost,
  type HeadRefusal,
  type OwnHosts,
  ownHosts,
  type RequestHead,
} from './request.ts'
export {
  type Action,
  actions,
  authorize,
  isAction,
  isRole,
  type Principal,
  type Role,
  roles,
  type Scope,
  type Verdict,
} from './role.ts'
export {
  isLive,
  type MintedToken,
  mintToken,
  principalOf,
  type TokenOrder,
  type TokenRecord,
  type TokenStore,
} from './token.ts'
