// Why this file exists: the real hands: what the engine decides is done here to hosts, to the directory and to our own ends
// of networks. Each action may come a second time, and finds what the first has left.
import type { Settings } from '#config'
import {
  type DnsName,
  type Ip4,
  joinName,
  type Label,
  type Machine,
  networkContaining,
  type Subnet,
} from '#directory'
import { forgetPeers, hostEndCommands, hostEndRemoval, type VcnDefinition } from '#vocluster'
import type { ClusterHands, HandAction, StepPlace } from '../hands.ts'
import { forgetHere, joinHere, leaveHere, seeHere, type Tenants } from './appliance-end.ts'
import { awaitNode, type NameAsker } from './await-node.ts'
import { countedHost, countedWriter, type EntryWriter, type HostCalls, Writes } from './counted.ts'
import { putCluster, putEntry, putNetwork, removeEntry, type ShownDirectory } from './entries.ts'
import { believe, fence, type FenceParts, isFenced } from './fence.ts'
import { createOverlay, prepareHost, removeOverlay } from './host-disk.ts'
import { define, destroy, resume, start, undefine } from './host-domain.ts'
import { obeyOnHost, type SshWords } from './host-end.ts'
import { handLimits, type HandLimits } from './limits.ts'
import { addressOf, type HostLives, observeAll, type ReadyHost } from './observe.ts'
import { programs, type RunProgram } from './program.ts'
import { givenUp, hostIsAway, missingBelow } from './trouble.ts'
import { Turns } from './turns.ts'
import { unlessAborted } from './waiting.ts'

export interface HandsParts extends Pick<FenceParts, 'fences' | 'powerOf' | 'now'> {
  readonly directory: ShownDirectory
  readonly writer: EntryWriter
  /** The state of the directory that wire said it serves. */
  readonly serving: () => number
  readonly hosts: HostLives
  readonly reach: {
    connectionOf(machineId: string): HostCalls | undefined
    readonly sshWords: SshWords
  }
  readonly tenants: Tenants
  /** One line of authorized_keys for root of a cluster's nodes; the network is where they may come from. */
  readonly authorizedKeyOf: (vo: Label, cluster: Label, network: Subnet) => Promise<string>
  readonly placement: Settings['placement']
  /** Our own DNS; absent: the site has none of ours, and no name is waited for. */
  readonly dns?: NameAsker
  /** A host that is ready and could not be asked all the same, with the reason. */
  readonly onAway: (host: DnsName, why: string) => void
  readonly limits?: Partial<HandLimits>
  /** How programs are run here; tests run them in a network of their own. */
  readonly run?: RunProgram
}

/** An action on its way. */
interface Doing {
  readonly signal: AbortSignal
  readonly mark: StepPlace['mark']
}

export class Hands implements ClusterHands {
  readonly #parts: HandsParts
  readonly #limits: HandLimits
  readonly #run: RunProgram
  readonly #writes = new Writes()
  readonly #turns = new Turns()

  constructor(parts: HandsParts) {
    this.#parts = parts
    this.#limits = { ...handLimits, ...parts.limits }
    this.#run = parts.run ?? programs(this.#limits.programMs)
  }

  writes(): { readonly libvirt: number; readonly ldap: number } {
    const { libvirt, ldap } = this.#writes
    return { libvirt, ldap }
  }

  observe(): ReturnType<ClusterHands['observe']> {
    const { directory, placement } = this.#parts
    const deadline = AbortSignal.timeout(this.#limits.observeMs)
    return observeAll({
      snapshot: directory.snapshot,
      placement,
      deadline,
      ready: (machine) => this.#ready(machine, deadline),
      onAway: this.#parts.onAway,
      isFenced: (machine) => isFenced(machine, this.#parts),
      here: () => seeHere(this.#run, deadline),
    })
  }

  async perform(action: HandAction, { signal, mark }: StepPlace): Promise<void> {
    const stopped = (): Error => givenUp(action.kind)
    const work = this.#perform(action, { signal, mark })
    await unlessAborted(work, signal, stopped)
  }

  async fence(host: DnsName): ReturnType<ClusterHands['fence']> {
    const machine = this.#machine(host)
    const connection = this.#parts.reach.connectionOf(machine.id)
    return fence(machine, connection, { ...this.#parts, aliveMs: this.#limits.aliveMs })
  }

  /** A person says that the machine is off. */
  async believe(machine: Machine): ReturnType<ClusterHands['fence']> {
    const connection = this.#parts.reach.connectionOf(machine.id)
    return believe(machine, connection, { ...this.#parts, aliveMs: this.#limits.aliveMs })
  }

  #perform(action: HandAction, doing: Doing): Promise<void> {
    switch (action.kind) {
      case 'put-network':
      case 'put-cluster':
      case 'put-entry':
      case 'remove-entry':
      case 'remove-network':
      case 'remove-cluster':
        return this.#inDirectory(action, doing)
      case 'join-network':
      case 'leave-network':
      case 'forget-peers':
        return this.#atEnd(action, doing)
      case 'await':
        return this.#await(action, doing)
      case 'prepare-host':
      case 'create-overlay':
      case 'define':
      case 'start':
      case 'resume':
      case 'destroy':
      case 'remove-overlay':
      case 'undefine':
        return this.#onHost(action, this.#host(action.host, doing).calls, doing)
    }
  }

  #inDirectory(action: DirectoryAction, { signal }: Doing): Promise<void> {
    const { directory, serving } = this.#parts
    const writer = countedWriter(this.#parts.writer, { writes: this.#writes, signal })
    const place = { directory, serving, writer, signal, limits: this.#limits }
    switch (action.kind) {
      case 'put-network':
        return putNetwork(action.network, place)
      case 'put-cluster':
        return putCluster(action.vo, action.cluster, place)
      case 'put-entry':
        return putEntry(action.entry, place)
      case 'remove-entry':
        return removeEntry(action.vcn, action.dn, place)
      case 'remove-network':
        return removeEntry(`network ${action.name}`, action.dn, place)
      case 'remove-cluster':
        return removeEntry('the cluster', action.dn, place)
    }
  }

  #atEnd(action: EndAction, doing: Doing): Promise<void> {
    const { host } = action
    const vni = action.kind === 'join-network' ? action.end.vni : action.vni
    return this.#turns.take(`network ${vni} on ${host ?? 'the appliance'}`, async () => {
      if (host === undefined) await this.#atOurEnd(action, doing)
      else await this.#atHostEnd(action, this.#host(host, doing))
    })
  }

  #atOurEnd(action: EndAction, { signal }: Doing): Promise<void> {
    const run = this.#run
    const ends = { run, tenants: this.#parts.tenants, limits: this.#limits }
    switch (action.kind) {
      case 'join-network':
        return joinHere(action.end, action.subnet, ends, signal)
      case 'leave-network':
        return leaveHere(action.vni, ends, signal)
      case 'forget-peers':
        return forgetHere(action.vni, action.peers, run, signal)
    }
  }

  #atHostEnd(action: EndAction, { shell }: ReadyHost): Promise<void> {
    switch (action.kind) {
      case 'join-network':
        return obeyOnHost(hostEndCommands(action.end), shell)
      case 'leave-network':
        return obeyOnHost(hostEndRemoval(action.vni), shell)
      case 'forget-peers':
        return obeyOnHost(forgetPeers(action.vni, action.peers, 'host'), shell)
    }
  }

  #onHost(action: HostAction, calls: HostCalls, { signal }: Doing): Promise<void> {
    switch (action.kind) {
      case 'prepare-host':
        return this.#turns.take(`prepare ${action.host}`, () => prepareHost(calls))
      case 'create-overlay':
        return createOverlay(calls, action.definition)
      case 'define':
        return this.#define(action.definition, calls)
      case 'start':
        return start(calls, action.uuid)
      case 'resume':
        return resume(calls, action, { ...this.#limits, signal })
      case 'destroy':
        return destroy(calls, action.uuid)
      case 'remove-overlay':
        return removeOverlay(calls, action.name)
      case 'undefine':
        return undefine(calls, action.uuid)
    }
  }

  async #define(definition: VcnDefinition, calls: HostCalls): Promise<void> {
    const { vo, cluster } = definition.mark
    const [nic] = definition.nics
    const network = nic && networkContaining(this.#parts.directory.snapshot, nic.address)
    if (network === undefined) throw missingBelow(definition.name, `the network of VO ${vo}`)
    await define(calls, definition, await this.#parts.authorizedKeyOf(vo, cluster, network))
  }

  #await({ vcn, address }: { readonly vcn: DnsName; readonly address: Ip4 }, doing: Doing) {
    const { directory, dns } = this.#parts
    const { domain } = directory.snapshot
    const vni = networkContaining(directory.snapshot, address)?.vni
    const fqdn = joinName(vcn, domain)
    if (vni === undefined || fqdn === undefined)
      return Promise.reject(missingBelow(vcn, 'the network of its VO'))
    const awaiting = { ...doing, dns, run: this.#run, limits: this.#limits }
    return awaitNode({ vcn, address, vni, fqdn }, awaiting)
  }

  #machine(host: DnsName): Machine {
    const device = this.#parts.directory.snapshot.byName.get(host)?.device
    if (device?.kind === 'machine') return device
    throw hostIsAway(host, 'the directory has no machine of this name')
  }

  #host(name: DnsName, { signal }: Doing): ReadyHost {
    const machine = this.#machine(name)
    const ready = this.#ready(machine, signal)
    if (ready !== undefined) return ready
    throw hostIsAway(name, `it is ${this.#parts.hosts.life(machine.id).state}`)
  }

  #ready(machine: Machine, signal: AbortSignal): ReadyHost | undefined {
    const { hosts, reach } = this.#parts
    const { id, name } = machine
    const address = addressOf(machine)
    const connection = reach.connectionOf(id)
    const facts = hosts.session(id)?.facts
    const isReady = hosts.life(id).state === 'ready' && address !== undefined
    if (!isReady || connection === undefined || facts === undefined) return undefined
    const { sshWords } = reach
    const target = { machineId: id, address }
    const counting = { writes: this.#writes, signal, deadlineMs: this.#limits.busyCallMs }
    return {
      machine,
      facts,
      calls: countedHost(connection, counting),
      shell: { host: name, target, sshWords, run: this.#run, signal },
    }
  }
}

type DirectoryAction = Extract<
  HandAction,
  {
    kind:
      | 'put-network'
      | 'put-cluster'
      | 'put-entry'
      | 'remove-entry'
      | 'remove-network'
      | 'remove-cluster'
  }
>
type EndAction = Extract<HandAction, { kind: 'join-network' | 'leave-network' | 'forget-peers' }>
type HostAction = Extract<
  HandAction,
  {
    kind:
      | 'prepare-host'
      | 'create-overlay'
      | 'define'
      | 'start'
      | 'resume'
      | 'destroy'
      | 'remove-overlay'
      | 'undefine'
  }
>
