// Why this file exists: the API holds no decision, so its tests bring a core of their own: one that obeys and remembers what it
// was told, and one in which every question fails unforeseen.
import type {
  Caller,
  EventView,
  ExplanationView,
  ImportView,
  LintView,
  MachineView,
  NetworkView,
  Services,
} from '#api'
import { Fault } from '#fault'
import { fakeLeases } from './fake-leases.ts'
import { nameTaken, orderFake } from './fake-orders.ts'
import { type FakeClusters, fakeClusters, type Order } from './fake-clusters.ts'

export const tokens: ReadonlyMap<string, Caller> = new Map([
  ['admin-secret', { name: 'root', role: 'admin' }],
  ['operator-secret', { name: 'ada', role: 'operator' }],
  ['reader-secret', { name: 'monitor', role: 'read-only' }],
  ['member-secret', { name: 'bob', role: 'vo-member', vo: 'physics' }],
  ['nobody-secret', { name: 'eve', role: 'vo-member' }],
])

export interface FakeCore {
  readonly services: Services
  /** What was changed, by whom, in order. */
  readonly orders: Order[]
  readonly machines: Map<string, MachineView>
  readonly networks: Map<string, NetworkView>
  readonly listeners: Set<(event: EventView) => void>
  readonly clusters: FakeClusters
  /** Waited for before each of an order for many. */
  beforeEachOrder?: (name: string) => Promise<void>
}

export function machine(name: string, more: Partial<MachineView> = {}): MachineView {
  return {
    name,
    fqdn: `${name}.cluster.test`,
    role: 'other',
    state: 'described',
    macs: [],
    tags: [],
    boot: 0,
    dn: `cn=${name},ou=machines,dc=cluster,dc=test`,
    ...more,
  }
}

export function noSuch(kind: string, name: string): Fault {
  return new Fault('CPC-API-003', {
    what: `there is no ${kind} ${name}`,
    where: name,
    why: 'no entry of the directory has this name',
    todo: `look at: coppice ${kind} list`,
  })
}

export function fakeCore(): FakeCore {
  const orders: Order[] = []
  const core: Omit<FakeCore, 'services'> = {
    orders,
    clusters: fakeClusters(orders),
    machines: new Map(),
    networks: new Map(),
    listeners: new Set(),
  }
  const services: Services = {
    ...core.clusters.services,
    machines: fakeMachines(core),
    networks: fakeNetworks(core),
    leases: fakeLeases(core.orders),
    tokens: {
      list: () => [
        { id: 't1', name: 'ada', role: 'operator', createdAt: '2026-01-31T12:00:00.000Z' },
      ],
      add: (name, role, caller, vo) => {
        const of = vo === undefined ? '' : ` of ${vo}`
        core.orders.push({ what: `token add ${name} ${role}${of}`, caller: caller.name })
        const createdAt = '2026-01-31T12:00:00.000Z'
        const view = { id: 't2', name, role, createdAt, ...(vo !== undefined && { vo }) }
        return Promise.resolve({ ...view, secret: 'new-secret' })
      },
      revoke: (id, caller) => {
        core.orders.push({ what: `token revoke ${id}`, caller: caller.name })
        return Promise.resolve()
      },
      caller: (secret) => tokens.get(secret),
    },
    directory: {
      lint: () => [{ severity: 'set-aside', where: 'cn=n9', reason: 'its MAC is held by n1' }],
      held: () => [{ dn: 'cn=n8,ou=machines,dc=cluster,dc=test' }],
      decideHeld: (decision, caller) => {
        core.orders.push({ what: `held ${decision}`, caller: caller.name })
        return Promise.resolve()
      },
    },
    imports: {
      run: ({ files, dryRun }, caller) => {
        const names = files.map(({ name }) => name)
        if (dryRun !== true)
          core.orders.push({ what: `import ${names.join(' ')}`, caller: caller.name })
        return Promise.resolve(importOf(names, dryRun === true))
      },
    },
    exports: { file: (format, zone = '') => [`# ${format} ${zone}\n`, 'n001\n'] },
    explain: (subject) => Promise.resolve(explanationOf(subject)),
    whatIf: {
      entries: ({ machine, ldif = '' }) => {
        const { name = '' } = machine ?? {}
        const explained = [explanationOf(name)]
        const findings = ldif.includes('twice') ? [asideOf(ldif)] : []
        return Promise.resolve({ lines: [`${name} would get it`], findings, explained, ldif })
      },
      packets: ({ pcap = '', hex = '', protocol = 'dhcp' }) =>
        Promise.resolve(explanationOf(`${protocol} ${pcap}${hex}`)),
    },
    status: () => ({
      version: '0.1.0',
      domain: 'cluster.test',
      snapshot: 7,
      wire: { connected: true, serving: 7 },
      otherDhcpServers: [],
      directory: {
        state: 'live',
        detail: 'ldapi',
        ageSeconds: 0,
        copyAgeSeconds: 2,
        connection: 'following',
        connections: 1,
        cookiesRefused: 0,
        held: 0,
        heldEntries: [],
      },
      counts: { machines: core.machines.size },
    }),
    ready: () => ({ ready: true, why: 'wire serves' }),
    metrics: () => '# TYPE coppice_machines gauge\ncoppice_machines 2\n',
    events: (listener, signal) => {
      core.listeners.add(listener)
      signal.addEventListener('abort', () => core.listeners.delete(listener))
      listener({ at: '2026-01-31T12:00:00.000Z', kind: 'phase', subject: 'n001', text: 'lease' })
    },
  }
  return Object.assign(core, { services })
}

/** Of the files, one machine each. */
function importOf(names: readonly string[], isDry: boolean): ImportView {
  return {
    format: 'csv',
    understood: ['rows: 1'],
    leftOut: [
      { where: 'a.csv:1:3', what: 'the column rack', why: 'nobody here knows what it means' },
    ],
    already: [],
    conflicts: [],
    networks: [],
    machines: names,
    done: isDry ? [] : names,
    failed: [],
    ...(isDry && { ldif: 'version: 1\n' }),
  }
}

function fakeMachines(core: Omit<FakeCore, 'services'>): Services['machines'] {
  const show = (name: string): MachineView => {
    const found = core.machines.get(name)
    if (found === undefined) throw noSuch('machine', name)
    return found
  }
  const put = (view: MachineView): Promise<MachineView> => {
    core.machines.set(view.name, view)
    return Promise.resolve(view)
  }
  return {
    list: (tag) =>
      [...core.machines.values()].filter(({ tags }) => tag === undefined || tags.includes(tag)),
    show,
    add: async (request, caller) => {
      core.orders.push({ what: `machine add ${request.name}`, caller: caller.name, given: request })
      if (core.machines.has(request.name)) {
        throw nameTaken(request.name)
      }
      const { address, power } = request
      return put(
        machine(request.name, {
          macs: request.macs,
          role: request.role ?? 'other',
          tags: request.tags ?? [],
          ...(address !== undefined && { address }),
          ...(power !== undefined && { power }),
        }),
      )
    },
    change: async (name, change, caller) => {
      core.orders.push({ what: `machine change ${name}`, caller: caller.name, given: change })
      return put({ ...show(name), ...(change.tags && { tags: change.tags }) })
    },
    remove: async (name, caller) => {
      core.orders.push({ what: `machine remove ${show(name).name}`, caller: caller.name })
      core.machines.delete(name)
      return Promise.resolve()
    },
    timeline: (name) => ({
      machine: show(name).name,
      boot: 1,
      state: 'failed',
      phases: [
        { phase: 'power-on', at: '2026-01-31T12:00:00.000Z', sinceMs: 0, detail: '' },
        { phase: 'lease', at: '2026-01-31T12:00:02.500Z', sinceMs: 2500, detail: '10.1.0.1' },
      ],
      failure: {
        phase: 'loader',
        reason: 'nothing heard for 60 s',
        at: '2026-01-31T12:01:02.500Z',
      },
      trail: ['DISCOVER from 52:54:00:00:00:01'],
    }),
    power: async (name, action, caller) => {
      core.orders.push({ what: `power ${action} ${show(name).name}`, caller: caller.name })
      return Promise.resolve({ power: action === 'off' ? ('off' as const) : ('on' as const) })
    },
    confirmOff: (name, caller) => {
      core.orders.push({ what: `confirm-off ${show(name).name}`, caller: caller.name })
      return Promise.resolve()
    },
    nextBoot: async (name, choice, caller) => {
      core.orders.push({ what: `boot ${choice} ${show(name).name}`, caller: caller.name })
      return Promise.resolve()
    },
    order: (orders, caller, { onProgress }) => orderFake(orders, caller, core, onProgress),
    waiting: () => [
      {
        mac: '52:54:00:cc:00:31',
        firstSeen: '2026-01-31T12:00:00.000Z',
        lastSeen: '2026-01-31T12:00:01.000Z',
        interfaceName: 'prov0',
        doubt: 'a known MAC on another port',
        machine: 'n031',
      },
    ],
    adopt: (mac, name, caller) => {
      core.orders.push({ what: `adopt ${mac} ${name}`, caller: caller.name })
      return put(machine(name, { macs: [mac] }))
    },
  }
}

function fakeNetworks(core: Omit<FakeCore, 'services'>): Services['networks'] {
  const show = (name: string): NetworkView => {
    const found = core.networks.get(name)
    if (found === undefined) throw noSuch('network', name)
    return found
  }
  return {
    list: () => [...core.networks.values()],
    show,
    add: (request, caller) => {
      core.orders.push({ what: `network add ${request.name}`, caller: caller.name, given: request })
      const { name, subnet, gateway, routes, pool, leaseSeconds = 3600 } = request
      const view = {
        name,
        subnet,
        leaseSeconds,
        dn: `cn=${name},ou=networks,dc=cluster,dc=test`,
        ...(gateway !== undefined && { gateway }),
        ...(routes && { routes }),
        ...(pool !== undefined && { pool }),
      }
      core.networks.set(name, view)
      return Promise.resolve(view)
    },
    change: (name, change, caller) => {
      core.orders.push({ what: `network change ${name}`, caller: caller.name, given: change })
      const { pool, subnet } = change
      const { pool: before, ...rest } = show(name)
      const now = pool === undefined ? before : (pool ?? undefined)
      const view = { ...rest, ...(subnet && { subnet }), ...(now !== undefined && { pool: now }) }
      core.networks.set(name, view)
      return Promise.resolve(view)
    },
    order: async ({ add = [], change = [], remove = [], dryRun, views }, caller) => {
      if (dryRun === true) return { done: [], failed: [], ldif: 'version: 1\n' }
      const own = fakeNetworks(core)
      for (const request of add) await own.add(request, caller)
      for (const { name, ...given } of change) await own.change(name, given, caller)
      for (const name of remove) await own.remove(name, caller)
      const done = [...add, ...change].map(({ name }) => name).concat(remove)
      return {
        done,
        failed: [],
        ...(views === true && { views: done.flatMap((name) => core.networks.get(name) ?? []) }),
      }
    },
    remove: async (name, caller) => {
      core.orders.push({ what: `network remove ${show(name).name}`, caller: caller.name })
      core.networks.delete(name)
      return Promise.resolve()
    },
  }
}

/** What an exception of nobody's making may carry. */
export const leakingSecret = 'hunter2-in-the-exception'

/** Every question ends in an exception that nobody foresaw; only admission works. */
export function brokenServices(): Services {
  const broken = (): never => {
    throw new Error(`the database said ${leakingSecret}`)
  }
  const whole = fakeCore().services
  const rejects = () => Promise.reject(new Error(leakingSecret))
  return {
    vos: { list: broken, show: broken, add: rejects, change: rejects, remove: rejects },
    images: { list: broken, show: broken, push: rejects, verify: rejects, remove: rejects },
    clusters: {
      list: broken,
      show: broken,
      plan: rejects,
      planDown: rejects,
      apply: rejects,
      down: rejects,
      timeline: broken,
    },
    vcns: { list: broken, show: broken, console: rejects },
    jobs: { list: broken, show: broken, cancel: rejects },
    hpl: { run: rejects, list: broken, show: broken, compare: broken },
    machines: {
      list: broken,
      show: broken,
      add: rejects,
      change: rejects,
      order: rejects,
      remove: rejects,
      timeline: broken,
      power: rejects,
      confirmOff: rejects,
      nextBoot: rejects,
      waiting: broken,
      adopt: rejects,
    },
    networks: {
      list: broken,
      show: broken,
      add: rejects,
      change: rejects,
      order: rejects,
      remove: rejects,
    },
    leases: { page: broken, show: broken, release: broken },
    tokens: { ...whole.tokens, list: broken },
    directory: { lint: broken, held: broken, decideHeld: rejects },
    imports: { run: rejects },
    exports: { file: broken },
    explain: rejects,
    whatIf: { entries: rejects, packets: rejects },
    status: () => whole.status(),
    ready: () => ({ ready: false, why: 'the directory is not there' }),
    metrics: broken,
    events: broken,
  }
}

function explanationOf(subject: string): ExplanationView {
  const lines = [`${subject} gets nothing`, 'because it is nobody']
  const facts = [{ topic: 'dhcp', text: 'nothing', rule: 'noPool', operands: ['prov', 1] }]
  return { subject, kind: 'stranger', lines, facts }
}

function asideOf(where: string): LintView {
  return { severity: 'set-aside', where, reason: 'its MAC is held by another' }
}
