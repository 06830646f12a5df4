// Why this file exists: the appliance as the commands see it: questions with typed answers.
import {
  type BootChoice,
  type EventView,
  explanation,
  type ExplanationView,
  type LeaseView,
  leaseView,
  type LintView,
  lintView,
  type MachineChange,
  type MachineOrders,
  type MachineRequest,
  type MachineView,
  machineView,
  type NetworkOrders,
  type NetworkRequest,
  type NetworkView,
  networkView,
  newTokenView,
  type OrderManner,
  type OrderProgress,
  type OrdersView,
  powerAnswer,
  type PowerAction,
  type StatusView,
  statusView,
  type TimelineView,
  timelineView,
  type TokenView,
  tokenView,
  type WaitingView,
  type WhatIfEntries,
  type WhatIfPackets,
  type WhatIfView,
  whatIfView,
  waitingView,
} from '#api'
import { Asking, at, get } from './asking.ts'
import { type ClusterAppliance, clusterPartsOf } from './clusters.ts'
import { type ExchangeAppliance, exchangePartsOf } from './exchange.ts'
import type { Exchange } from './http.ts'

export interface Appliance extends ClusterAppliance, ExchangeAppliance {
  readonly machines: {
    list(tag?: string): Promise<readonly MachineView[]>
    show(name: string): Promise<MachineView>
    add(request: MachineRequest): Promise<MachineView>
    change(name: string, change: MachineChange): Promise<MachineView>
    remove(name: string): Promise<void>
    order(
      orders: MachineOrders & OrderManner,
      onProgress: (progress: OrderProgress) => void,
    ): Promise<OrdersView<MachineView>>
    timeline(name: string): Promise<TimelineView>
    power(name: string, action: PowerAction): Promise<'on' | 'off' | 'unknown'>
    confirmOff(name: string): Promise<void>
    boot(name: string, next: BootChoice): Promise<void>
    waiting(): Promise<readonly WaitingView[]>
    adopt(mac: string, name: string): Promise<MachineView>
  }
  readonly networks: {
    list(): Promise<readonly NetworkView[]>
    show(name: string): Promise<NetworkView>
    add(request: NetworkRequest): Promise<NetworkView>
    remove(name: string): Promise<void>
    order(
      orders: NetworkOrders & OrderManner,
      onProgress: (progress: OrderProgress) => void,
    ): Promise<OrdersView<NetworkView>>
  }
  readonly tokens: {
    list(): Promise<readonly TokenView[]>
    add(name: string, role: string, vo?: string): Promise<TokenView & { readonly secret: string }>
    revoke(id: string): Promise<void>
  }
  readonly leases: {
    list(): Promise<readonly LeaseView[]>
    show(address: string): Promise<LeaseView>
    release(address: string, mac: string | undefined): Promise<void>
  }
  lint(): Promise<readonly LintView[]>
  status(): Promise<StatusView>
  explain(subject: string): Promise<ExplanationView>
  readonly whatIf: {
    entries(request: WhatIfEntries): Promise<WhatIfView>
    packets(request: WhatIfPackets): Promise<ExplanationView>
  }
  decideHeld(decision: 'accept' | 'reject'): Promise<void>
  events(listener: (event: EventView) => void, signal: AbortSignal): Promise<void>
}

export function openAppliance(exchange: Exchange): Appliance {
  const asking = new Asking(exchange)
  return {
    ...clusterPartsOf(asking),
    ...exchangePartsOf(asking),
    machines: machinesOf(asking),
    networks: {
      list: () => asking.list('/v1/networks', networkView),
      show: (name) => asking.one(get(at('/v1/networks', name)), networkView),
      add: (body) => asking.one({ method: 'POST', path: '/v1/networks', body }, networkView),
      remove: (name) => asking.nothing({ method: 'DELETE', path: at('/v1/networks', name) }),
      order: (body, onProgress) =>
        asking.order({ method: 'POST', path: '/v1/network-orders', body }, networkView, onProgress),
    },
    tokens: {
      list: () => asking.list('/v1/tokens', tokenView),
      add: (name, role, vo) =>
        asking.one({ method: 'POST', path: '/v1/tokens', body: { name, role, vo } }, newTokenView),
      revoke: (id) => asking.nothing({ method: 'DELETE', path: at('/v1/tokens', id) }),
    },
    leases: {
      list: () => asking.list('/v1/leases', leaseView),
      show: (address) => asking.one(get(at('/v1/leases', address)), leaseView),
      release: (address, mac) => {
        const query = mac === undefined ? '' : `?${new URLSearchParams({ mac }).toString()}`
        return asking.nothing({ method: 'DELETE', path: `${at('/v1/leases', address)}${query}` })
      },
    },
    lint: () => asking.list('/v1/lint', lintView),
    status: () => asking.one(get('/v1/status'), statusView),
    explain: (subject) => asking.one(get(at('/v1/explain', subject)), explanation),
    whatIf: {
      entries: (body) =>
        asking.one({ method: 'POST', path: '/v1/whatif/entries', body }, whatIfView),
      packets: (body) =>
        asking.one({ method: 'POST', path: '/v1/whatif/packets', body }, explanation),
    },
    decideHeld: (decision) =>
      asking.nothing({ method: 'POST', path: '/v1/directory/held', body: { decision } }),
    events: (listener, signal) => asking.events(listener, signal),
  }
}

function machinesOf(asking: Asking): Appliance['machines'] {
  const all = '/v1/machines'
  return {
    list: (tag) => asking.list(all, machineView, tag === undefined ? {} : { tag }),
    show: (name) => asking.one(get(at(all, name)), machineView),
    add: (body) => asking.one({ method: 'POST', path: all, body }, machineView),
    change: (name, body) => asking.one({ method: 'PATCH', path: at(all, name), body }, machineView),
    remove: (name) => asking.nothing({ method: 'DELETE', path: at(all, name) }),
    order: (body, onProgress) =>
      asking.order({ method: 'POST', path: '/v1/machine-orders', body }, machineView, onProgress),
    timeline: (name) => asking.one(get(`${at(all, name)}/timeline`), timelineView),
    power: async (name, action) => {
      const path = `${at(all, name)}/power`
      return (await asking.one({ method: 'POST', path, body: { action } }, powerAnswer)).power
    },
    confirmOff: (name) => {
      const path = `${at(all, name)}/confirm-off`
      return asking.nothing({ method: 'POST', path, body: { looked: true } })
    },
    boot: (name, next) =>
      asking.nothing({ method: 'POST', path: `${at(all, name)}/boot`, body: { next } }),
    waiting: () => asking.list('/v1/waiting', waitingView),
    adopt: (mac, name) =>
      asking.one(
        { method: 'POST', path: `${at('/v1/waiting', mac)}/adopt`, body: { name } },
        machineView,
      ),
  }
}
