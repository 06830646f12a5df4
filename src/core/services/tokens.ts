// Why this file exists: whoever is not on this machine comes with a token; its secret is shown once and kept as a hash.
import { randomBytes } from 'node:crypto'
import { isLive, mintToken, principalOf, type TokenRecord } from '#access'
import type { Services, TokenView } from '#api'
import { Fault } from '#fault'
import { audited, type ServiceContext } from './context.ts'

export function tokenServices(context: ServiceContext): Services['tokens'] {
  const { store, now } = context
  return {
    list: () =>
      store.tokens
        .list()
        .filter((token) => isLive(token, now()))
        .map(tokenView),
    add(name, role, caller) {
      if (role === 'vo-member') throw noVo()
      const change = { caller, action: 'token add', target: name, after: { role } }
      return audited(context, change, () => {
        const { secret, record } = mintToken({ name, role, now: now(), randomBytes })
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
      const principal = principalOf(secret, store.tokens, now())
      return principal
    },
  }
}

function tokenView({ id, name, role, createdAt }: TokenRecord): TokenView {
  return { id, name, role, createdAt: new Date(createdAt).toISOString() }
}

function noVo(): Fault {
  return new Fault('CPC-HOST-003', {
    what: 'a token of a VO member needs its VO',
    where: 'the request',
    why: 'no VO was named',
    todo: 'choose admin, operator or read-only',
  })
}
