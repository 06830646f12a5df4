// Why this file exists: whoever is not on this machine comes with a token; its secret is shown once and kept as a hash.
import { randomBytes } from 'node:crypto'
import { isLive, mintToken, principalOf, type Role, type TokenRecord } from '#access'
import type { Services, TokenView } from '#api'
import { Fault } from '#fault'
import { findVo } from './cluster-context.ts'
import { audited, type ServiceContext } from './context.ts'

export function tokenServices(context: ServiceContext): Services['tokens'] {
  const { store, now } = context
  return {
    list: () =>
      store.tokens
        .list()
        .filter((token) => isLive(token, now()))
        .map(tokenView),
    add(name, role, caller, voText) {
      const vo = readVo(role, voText, context)
      const change = { caller, action: 'token add', target: name, after: { role, ...vo } }
      return audited(context, change, () => {
        const { secret, record } = mintToken({ name, role, ...vo, now: now(), randomBytes })
        store.tokens.add(record)
        return Promise.resolve({ ...tokenView(record), secret })
      })
    },
    revoke(id, caller) {
      const change = { caller, action: 'token revoke', target: id }
      return audited(context, change, () => {
        if (store.tokens.revoke(id, now())) return Promise.resolve()
        throw new Fault('CPC-HOST-007', {
          what: `there is no token ${id} to revoke`,
          where: 'the store',
          why: 'no token has this id, or it was revoked before',
          todo: 'coppice token list shows the ids',
        })
      })
    },
    caller(secret) {
      return principalOf(secret, store.tokens, now())
    },
  }
}

function tokenView({ id, name, role, vo, createdAt }: TokenRecord): TokenView {
  const made = new Date(createdAt).toISOString()
  return { id, name, role, ...(vo !== undefined && { vo }), createdAt: made }
}

/** A member's token is of one VO, that there is; any other is of none. */
function readVo(
  role: Role,
  text: string | undefined,
  context: ServiceContext,
): { readonly vo?: string } {
  if (role === 'vo-member' && text !== undefined) return { vo: findVo(text, context).name }
  if (role !== 'vo-member' && text === undefined) return {}
  const isMember = role === 'vo-member'
  throw new Fault('CPC-HOST-003', {
    what: isMember ? 'a token of a VO member needs its VO' : `a token of ${role} is of no VO`,
    where: 'the request',
    why: isMember ? 'no VO was named' : 'a VO was named',
    todo: isMember ? 'name it: --vo physics' : 'leave --vo out, or choose vo-member',
  })
}
