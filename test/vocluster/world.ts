// Why this file exists: a plan is right when carrying it out leads where it says, also after being cut off anywhere. This
// is a world of directory, hosts and book in which steps can be carried out without any of them.
import assert from 'node:assert/strict'
import {
  applyDeltas,
  type Cluster,
  emptySnapshot,
  type Entry,
  type EntryId,
  joinName,
  type Network,
  type Snapshot,
  type Vcn,
} from '#directory'
import {
  type Action,
  bridgeName,
  type Book,
  emptyBook,
  filterName,
  type HostFact,
  type ImageFact,
  type Observed,
  type ObservedDomain,
  overlayName,
  type Plan,
  placeGreedily,
  type PlanInput,
  release,
  reserve,
  type Step,
  vcnDomainXml,
  readDomain,
  type VcnEntry,
} from '#vocluster'
import { domain, id, ip, label, name, network } from '../directory/samples.ts'
import { digest, gibibyte, imageId, mebibyte } from './samples.ts'

export function host(number: number, sample: Partial<HostFact> = {}): HostFact {
  return {
    name: name(`n${number}`),
    tunnel: ip(`10.77.0.${10 + number}`),
    vcpus: 4,
    memoryBytes: 4 * gibibyte,
    tags: [],
    cordoned: false,
    presence: 'ready',
    ...sample,
  }
}

export function image(text: string): ImageFact {
  const base = { file: `blobs/${text}`, format: 'qcow2', virtualBytes: 8 * mebibyte } as const
  return { id: imageId(text), digest: `sha256:${digest(text)}`, base }
}

type Hosts = Pick<Observed, 'domains' | 'overlays' | 'tunnels' | 'prepared'>

export class World {
  entries: Map<EntryId, Entry>
  observed: Hosts = { domains: [], overlays: [], tunnels: [], prepared: [] }
  book: Book = emptyBook
  hosts: readonly HostFact[]
  images: readonly ImageFact[] = ['voc-head@1', 'voc-compute@1', 'voc-compute@2'].map(image)
  #numbers = 1000

  constructor(hosts: readonly HostFact[] = [host(1), host(2)]) {
    this.hosts = hosts
    this.entries = new Map()
    this.addVo('physics', {})
  }

  addVo(vo: string, quota: Readonly<Record<string, string>>): void {
    const existing = [...this.entries.values()].find((one) => one.kind === 'vo' && one.name === vo)
    const at = existing?.id ?? this.#nextId()
    const dn = `cn=${vo},ou=vos,dc=cluster,dc=test`
    this.put({ kind: 'vo', id: at, dn, name: label(vo), quota, members: [] })
    if (existing !== undefined) return
    const vnis = [...this.entries.values()].filter(({ kind }) => kind === 'network').length
    const subnet = `10.128.${vnis * 16}.0/20`
    const entry = network(0, subnet, { name: label(`vo-${vo}`), vni: vnis + 1 })
    this.put({ ...entry, id: this.#nextId() })
  }

  put(entry: Entry): void {
    this.entries.set(entry.id, entry)
  }

  get directory(): Snapshot {
    const puts = [...this.entries.values()].map((entry) => ({ kind: 'put', entry }) as const)
    return applyDeltas(emptySnapshot(domain), puts)
  }

  get input(): PlanInput {
    return {
      directory: this.directory,
      observed: this.observed,
      hosts: this.hosts,
      book: this.book,
      images: this.images,
      applianceTunnel: ip('10.77.0.1'),
      isTaken: () => false,
      digest,
      place: placeGreedily,
    }
  }

  /** In the order of the list; `cut`: only that many. */
  carryOut(plan: Pick<Plan, 'steps'>, cut = plan.steps.length): void {
    const done = new Set<string>()
    for (const step of plan.steps.slice(0, cut)) {
      for (const before of step.after) assert.ok(done.has(before), `${step.id} before ${before}`)
      this.#do(step)
      done.add(step.id)
      this.#check()
    }
  }

  /** What must hold after every single step. */
  #check(): void {
    const running = this.observed.domains.filter(({ state }) => state !== 'off')
    const names = running.map((one) => one.name)
    assert.equal(new Set(names).size, names.length, 'a node runs twice')
    for (const { name: on, vcpus, memoryBytes } of this.hosts) {
      const there = running.filter((one) => one.host === on)
      assert.ok(there.reduce((sum, one) => sum + one.vcpus, 0) <= vcpus, `${on} is overcommitted`)
      assert.ok(there.reduce((sum, one) => sum + one.memoryBytes, 0) <= memoryBytes)
    }
  }

  #nextId(): EntryId {
    this.#numbers += 1
    return id(this.#numbers)
  }

  #find(test: (entry: Entry) => boolean): Entry | undefined {
    return [...this.entries.values()].find(test)
  }

  #do({ action }: Step): void {
    switch (action.kind) {
      case 'reserve':
      case 'release':
        return this.#doBook(action)
      case 'put-network':
      case 'put-cluster':
      case 'put-entry':
      case 'remove-network':
      case 'remove-cluster':
      case 'remove-entry':
        return this.#doDirectory(action)
      case 'join-network':
      case 'leave-network':
      case 'forget-peers':
        return this.#doTunnel(action)
      default:
        return this.#doHost(action)
    }
  }

  #doBook(action: Extract<Action, { kind: 'reserve' | 'release' }>): void {
    if (action.kind === 'release') {
      this.book = release(this.book, action.vo, action.cluster)
      return
    }
    const capacities = this.hosts.map(({ name: on, ...rest }) => ({ host: on, ...rest }))
    const result = reserve(this.book, action.reservation, { quota: {}, capacities })
    assert.ok(result.ok, JSON.stringify(result))
    this.book = result.value
  }

  #doDirectory(
    action: Extract<
      Action,
      {
        kind:
          | 'put-network'
          | 'put-cluster'
          | 'put-entry'
          | 'remove-network'
          | 'remove-cluster'
          | 'remove-entry'
      }
    >,
  ): void {
    switch (action.kind) {
      case 'put-network': {
        const { name: called, subnet, vni } = action.network
        const entry: Network = { ...network(0, '10.0.0.0/8'), ...subnet, name: called, vni }
        return this.put({ ...entry, id: this.#nextId(), dn: `cn=${called},ou=networks` })
      }
      case 'put-cluster': {
        const { vo, cluster } = action
        const dn = `cn=${cluster},cn=${vo},ou=vos,dc=cluster,dc=test`
        const entry: Cluster = { kind: 'cluster', id: this.#nextId(), dn, vo, name: cluster }
        return this.put(entry)
      }
      case 'put-entry':
        return this.put(this.#vcnOf(action.entry))
      default: {
        const found = this.#find((entry) => entry.dn === action.dn) ?? assert.fail(action.dn)
        this.entries.delete(found.id)
      }
    }
  }

  #vcnOf(entry: VcnEntry): Vcn {
    const { vo, cluster, host: on, image: from } = entry
    const called = joinName(entry.name, cluster, vo) ?? assert.fail()
    const dn = `cn=${entry.name},cn=${cluster},cn=${vo},ou=vos,dc=cluster,dc=test`
    const at = this.#find((one) => one.dn === dn)?.id ?? this.#nextId()
    return {
      kind: 'vcn',
      id: at,
      dn,
      name: called,
      aliases: entry.aliases.flatMap((alias) => joinName(alias, cluster, vo) ?? []),
      nics: entry.nics.map((nic) => ({
        id: at,
        macs: [nic.mac],
        address: nic.address,
        ...(nic.label === undefined ? {} : { label: nic.label, network: nic.network }),
      })),
      tags: [],
      vo,
      cluster,
      host: on,
      image: from,
    }
  }

  #doTunnel(
    action: Extract<Action, { kind: 'join-network' | 'leave-network' | 'forget-peers' }>,
  ): void {
    const vni = action.kind === 'join-network' ? action.end.vni : action.vni
    const is = (one: Hosts['tunnels'][number]): boolean =>
      one.vni === vni && one.host === action.host
    const before = this.observed.tunnels.find(is)
    const others = this.observed.tunnels.filter((one) => !is(one))
    const at = action.host === undefined ? {} : { host: action.host }
    const next = (): Hosts['tunnels'] => {
      if (action.kind === 'leave-network') return []
      if (action.kind === 'join-network') {
        const peers = [...new Set([...(before?.peers ?? []), ...action.end.peers])]
        return [{ ...at, vni, local: action.end.local, peers }]
      }
      assert.ok(before !== undefined)
      return [{ ...before, peers: before.peers.filter((peer) => !action.peers.includes(peer)) }]
    }
    this.observed = { ...this.observed, tunnels: [...others, ...next()] }
  }

  #doHost(
    action: Extract<
      Action,
      {
        kind:
          | 'prepare-host'
          | 'create-overlay'
          | 'remove-overlay'
          | 'define'
          | 'start'
          | 'resume'
          | 'await'
          | 'destroy'
          | 'undefine'
      }
    >,
  ): void {
    const { domains, overlays, prepared } = this.observed
    switch (action.kind) {
      case 'prepare-host':
        this.observed = { ...this.observed, prepared: [...prepared, action.host] }
        return
      case 'create-overlay': {
        const overlay = { host: action.host, name: overlayName(action.definition.name) }
        assert.ok(!this.#hasOverlay(overlay.host, overlay.name), 'the disk is there')
        this.observed = { ...this.observed, overlays: [...overlays, overlay] }
        return
      }
      case 'remove-overlay': {
        assert.ok(this.#hasOverlay(action.host, action.name), 'there is no disk')
        const left = overlays.filter((one) => one.host !== action.host || one.name !== action.name)
        this.observed = { ...this.observed, overlays: left }
        return
      }
      case 'await':
        assert.ok(domains.some((one) => one.name === action.vcn && one.state === 'running'))
        return
      default:
        this.observed = { ...this.observed, domains: this.#domainsAfter(action) }
    }
  }

  #hasOverlay(on: string, called: string): boolean {
    return this.observed.overlays.some((one) => one.host === on && one.name === called)
  }

  #domainsAfter(
    action: Extract<Action, { kind: 'define' | 'start' | 'resume' | 'destroy' | 'undefine' }>,
  ): readonly ObservedDomain[] {
    const { domains, prepared } = this.observed
    if (action.kind === 'define') {
      const read = readDomain(vcnDomainXml(action.definition))
      assert.ok(read.ok && read.value.mark !== undefined)
      const { mark } = read.value
      assert.ok(prepared.includes(action.host), 'the host has no filter')
      const others = domains.filter(
        (one) => one.host !== action.host || one.uuid !== action.definition.uuid,
      )
      assert.ok(!others.some((one) => one.host === action.host && one.name === read.value.name))
      return [...others, { ...read.value, mark, host: action.host, state: 'off' }]
    }
    const is = (one: ObservedDomain): boolean =>
      one.host === action.host && one.uuid === action.uuid
    const found = domains.find(is) ?? assert.fail(`no domain to ${action.kind}`)
    const others = domains.filter((one) => !is(one))
    if (action.kind === 'start') this.#mayStart(found)
    if (action.kind === 'undefine') {
      assert.equal(found.state, 'off')
      return others
    }
    if (action.kind === 'resume') assert.equal(found.state, 'paused')
    const { pause: _, ...rest } = found
    return [...others, { ...rest, state: action.kind === 'destroy' ? 'off' : 'running' }]
  }

  /** Its name is shown, its disk and its networks are there. */
  #mayStart(found: ObservedDomain): void {
    assert.equal(found.state, 'off')
    assert.ok(this.#find((entry) => entry.kind === 'vcn' && entry.name === found.name))
    assert.ok(this.#hasOverlay(found.host, `${found.name}.qcow2`))
    for (const { bridge, filter } of found.nics) {
      assert.equal(filter, filterName)
      const ends = this.observed.tunnels.filter(({ vni }) => bridgeName(vni) === bridge)
      assert.ok(ends.some((one) => one.host === found.host))
    }
  }
}
