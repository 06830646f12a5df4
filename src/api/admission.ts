// Why this file exists: who may ask what is decided here, before any route, from the connection, the Host and the
// Authorization header alone (HOSTILE 64, 65). Pure.
import { type Action, authorize } from '#access'
import { Fault } from '#fault'
import { routeActions } from './route-actions.table.ts'
import type { Caller } from './services.ts'

/** Where a request came in. The file mode of the socket lets in only its owner. */
export type DoorKind = 'local-socket' | 'network'

export interface Asked {
  readonly method: string
  /** The pattern of the route, such as /v1/machines/:name. */
  readonly route: string
  /** The VO that the address names. */
  readonly vo?: string | undefined
  readonly authorization: string | undefined
}

/** What monitoring and generators read; it tells nothing that is secret. */
export const openRoutes: ReadonlySet<string> = new Set([
  '/openapi.json',
  '/healthz',
  '/readyz',
  '/metrics',
])

export const socketOwner: Caller = { name: 'local socket', role: 'admin' }

/** RFC 6750, in the header only: a token in an address ends up in logs, one in a form can be sent by any page. */
const bearerShape = /^Bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i

/** The caller, or the fault that refuses him. `callerOf` compares in constant time. */
export function admit(
  door: DoorKind,
  asked: Asked,
  callerOf: (secret: string) => Caller | undefined,
): Caller {
  const caller = door === 'local-socket' ? socketOwner : bearer(asked, callerOf)
  // Where the address names none, the route asks again once it knows.
  const vo = asked.vo ?? caller.vo
  demand(caller, { action: actionOf(asked), vo, where: `${asked.method} ${asked.route}` })
  return caller
}

export interface Intent {
  readonly action: Action
  /** Whose it is that is acted upon; `undefined`: no VO's. */
  readonly vo: string | undefined
  readonly where: string
}

/** Throws the fault that refuses the caller. */
export function demand(caller: Caller, { action, vo, where }: Intent): void {
  const verdict = authorize(caller, action, vo === undefined ? {} : { vo })
  if (verdict.ok) return
  throw new Fault('CPC-API-005', {
    what: 'this token does not allow the request',
    where,
    why: `${caller.name} has the role ${caller.role}: ${verdict.why}`,
    todo: 'ask an admin, or use the socket api.sock on the appliance',
  })
}

/** Of a list everybody gets what he may see. */
export function maySee(caller: Caller, vo: string | undefined): boolean {
  return authorize(caller, 'read-vo', vo === undefined ? {} : { vo }).ok
}

function bearer(asked: Asked, callerOf: (secret: string) => Caller | undefined): Caller {
  const secret = bearerShape.exec(asked.authorization ?? '')?.[1]
  const caller = secret === undefined ? undefined : callerOf(secret)
  if (caller !== undefined) return caller
  throw new Fault('CPC-API-004', {
    what: 'the request has no valid token',
    where: `${asked.method} ${asked.route}`,
    why: secret === undefined ? 'no Authorization header names one' : 'nobody has this token',
    todo: 'put one into COPPICE_TOKEN or ~/.config/coppice/token; "coppice token add" makes one',
  })
}

function actionOf({ method, route }: Asked): Action {
  // No route has this address; who may look is told so.
  if (route === '') return 'read'
  const action = routeActions[`${method === 'HEAD' ? 'GET' : method} ${route}`]
  if (action === undefined) throw new Error(`nobody decided who may ask ${method} ${route}`)
  return action
}

const addressShape = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i

/** A page of a stranger reaches us under the stranger's name; an address or a name of our own it cannot claim. */
export function isOwnHost(header: string | undefined, ownNames: readonly string[]): boolean {
  const host = /^([^:]+|\[[^\]]*\])(:\d{1,5})?$/.exec(header ?? '')?.[1]?.toLowerCase()
  if (host === undefined) return false
  return (
    addressShape.test(host) ||
    host === 'localhost' ||
    ownNames.some((name) => host === name || (name.includes('.') && host.endsWith(`.${name}`)))
  )
}

export function foreignHost(header: string | undefined): Fault {
  return new Fault('CPC-API-006', {
    what: 'the request is for another host',
    where: `Host: ${(header ?? '(none)').slice(0, 100)}`,
    why: 'it is neither an address, nor localhost, nor a name of this appliance',
    todo: 'ask by the address of the appliance',
  })
}
