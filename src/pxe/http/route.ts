// Why this file exists: what a route is, so that whoever decides what a machine boots needs to know nothing of HTTP.
import type { Ip4 } from '#directory'

export interface RouteRequest {
  readonly path: string
  readonly query: URLSearchParams
  /** The client's; absent when it did not come by IPv4. */
  readonly address?: Ip4
}

export interface RouteAnswer {
  /** 200 when absent. */
  readonly status?: number
  readonly contentType: string
  readonly body: string | Uint8Array
}

export type Route = (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>

/** Keys are a method and a path, as `GET /boot.ipxe`; HEAD asks the route of GET. */
export type Routes = Readonly<Record<string, Route>>
