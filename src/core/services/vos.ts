// Why this file exists: VOs as admins handle them: an entry with its limits and members, and the network that is its own.
import type { Caller, LimitsView, Services, VoChange, VoRequest, VoView } from '#api'
import { formatSubnet, type Label, type Subnet, type Vo } from '#directory'
import { Fault } from '#fault'
import type { DirectoryWriter, VoFields } from '#ldap-sync'
import { chooseNetwork, readQuota, voNetworkName } from '#vocluster'
import { audited } from './context.ts'
import { type ClusterContext, clusterEntries, findVo, vosOf } from './cluster-context.ts'
import { readLabel, readSubnet } from './reading.ts'

/** What VOs need of core. */
export interface VoPlace extends Pick<ClusterContext, 'snapshot' | 'store' | 'events' | 'now'> {
  readonly sync: {
    readonly writer: Pick<DirectoryWriter, 'addNetwork' | 'addVo' | 'changeVo' | 'remove'>
  }
  readonly directory: Pick<ClusterContext['directory'], 'untilShown'>
  readonly engine: Pick<ClusterContext['engine'], 'book' | 'clusters'>
  readonly images: Pick<ClusterContext['images'], 'list'>
}

export function voServices(context: VoPlace): Services['vos'] {
  const view = (vo: Vo): VoView => voView(vo, context)
  const inTurn = takingTurns()
  return {
    list: () => vosOf(context).map(view),
    show: (name) => view(findVo(name, context)),
    // Two that choose a network at once would choose the same.
    add: async (request, caller) => view(await inTurn(() => addVo(request, caller, context))),
    change: async (name, change, caller) =>
      view(await changeVo(findVo(name, context), change, caller, context)),
    remove: (name, caller) => removeVo(findVo(name, context), caller, context),
  }
}

function takingTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return async (work) => {
    const before = last
    const { promise, resolve } = Promise.withResolvers<void>()
    last = promise
    await before
    try {
      return await work()
    } finally {
      resolve()
    }
  }
}

function voView(vo: Vo, context: VoPlace): VoView {
  const quota = readQuota(vo)
  const limits: LimitsView = quota.ok ? quota.value : {}
  const network = networkOf(vo.name, context)
  return {
    name: vo.name,
    quota: limits,
    used: usedBy(vo.name, context),
    members: vo.members,
    ...(network?.vni !== undefined && {
      network: { name: network.name, subnet: formatSubnet(network), vni: network.vni },
    }),
    dn: vo.dn,
  }
}

function networkOf(vo: Label, { snapshot }: VoPlace) {
  const name = voNetworkName(vo)
  return name === undefined ? undefined : snapshot().networkByName.get(name)
}

/** Room that is reserved, running or not; the same bytes under two names count once. */
function usedBy(vo: Label, { engine, images }: VoPlace): VoView['used'] {
  const bookings = [...engine.book().values()]
    .filter((one) => one.vo === vo)
    .flatMap((one) => one.bookings)
    .filter(({ leaving }) => leaving !== true)
  const blobs = new Map(
    images
      .list()
      .filter((image) => image.vo === vo)
      .map(({ digest, bytes }) => [digest, bytes]),
  )
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, one) => all + one, 0)
  return {
    vcns: bookings.length,
    vcpus: sum(bookings.map(({ vcpus }) => vcpus)),
    memoryBytes: sum(bookings.map(({ memoryBytes }) => memoryBytes)),
    imageBytes: sum(blobs.values()),
  }
}

/** `vcpus=64,memory=128GiB` as the directory keeps it. A limit that cannot be read is refused here, not found out later. */
function quotaWords(text: string, name: Label): readonly string[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const pairs = words.map((word): readonly [string, string] => {
    const at = word.indexOf('=')
    return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
  })
  const read = readQuota({ name, quota: Object.fromEntries(pairs) })
  if (read.ok) return words
  throw new Fault('CPC-VO-003', {
    what: 'the quota cannot be used',
    where: read.refusal.text,
    why: read.refusal.why,
    todo: 'write it as vcpus=64,memory=128GiB,vcns=64,image-bytes=100GiB; a limit left out is none',
  })
}

/** By uid, as people say it, or by DN. */
function memberDns(words: readonly string[], { snapshot }: VoPlace): readonly string[] {
  const people = Array.from(snapshot().entries.ofKind('person'))
  return words.map((word) => {
    const dn = people.find(({ uid }) => uid === word)?.dn ?? word
    if (dn.includes('=')) return dn
    throw new Fault('CPC-VO-003', {
      what: `${word} cannot become a member`,
      where: 'the directory, ou=people',
      why: 'nobody has this uid, and it is no DN',
      todo: 'add the person to the directory first, or give the whole DN',
    })
  })
}

function fieldsOf({ quota, members }: VoChange, vo: Label, context: VoPlace): VoFields {
  return {
    ...(quota !== undefined && { quota: quotaWords(quota ?? '', vo) }),
    ...(members !== undefined && { members: memberDns(members ?? [], context) }),
  }
}

function addVo(request: VoRequest, caller: Caller, context: VoPlace): Promise<Vo> {
  const name = readLabel(request.name)
  const { quota, members } = request
  const fields = fieldsOf({ quota, members }, name, context)
  const wished = request.subnet === undefined ? undefined : readSubnet(request.subnet)
  if (vosOf(context).some((vo) => vo.name === name)) throw alreadyThere(name)
  return audited(context, { caller, action: 'vo add', target: name, after: request }, async () => {
    // The network first: a VO without one could not have clusters, a network without its VO harms nobody.
    await putNetwork(name, wished, context)
    await context.sync.writer.addVo(name, fields)
    await context.directory.untilShown(`VO ${name}`, () =>
      vosOf(context).some((vo) => vo.name === name),
    )
    return findVo(name, context)
  })
}

async function putNetwork(vo: Label, wished: Subnet | undefined, context: VoPlace): Promise<void> {
  const network = voNetworkName(vo)
  if (network === undefined) throw nameTooLong(vo)
  // Left by an addition that was cut off.
  if (networkOf(vo, context) !== undefined) return
  const chosen = chooseNetwork(network, wished, context.snapshot().networks)
  if (!chosen.ok) throw noNetwork(vo, chosen.refusal.kind)
  const { subnet, vni } = chosen.value
  await context.sync.writer.addNetwork(network, subnet, { vni })
  await context.directory.untilShown(`network ${network}`, (snapshot) =>
    snapshot.networkByName.has(network),
  )
}

function changeVo(vo: Vo, change: VoChange, caller: Caller, context: VoPlace): Promise<Vo> {
  const fields = fieldsOf(change, vo.name, context)
  const before = voView(vo, context)
  const told = { caller, action: 'vo set', target: vo.name, before, after: change }
  return audited(context, told, async () => {
    if (Object.keys(fields).length === 0) return vo
    await context.sync.writer.changeVo(vo.dn, fields)
    await context.directory.untilShown(
      `the change of VO ${vo.name}`,
      (snapshot) => snapshot.entries.get(vo.id) !== vo,
    )
    return findVo(vo.name, context)
  })
}

function removeVo(vo: Vo, caller: Caller, context: VoPlace): Promise<void> {
  const holds = [
    ...clusterEntries(context).flatMap((one) =>
      one.vo === vo.name ? [`cluster ${one.name}`] : [],
    ),
    ...context.engine
      .clusters()
      .flatMap((one) => (one.vo === vo.name ? [`cluster ${one.cluster}`] : [])),
    ...context.images
      .list()
      .flatMap((one) => (one.vo === vo.name ? [`image ${one.name}@${one.version}`] : [])),
  ]
  if (holds.length > 0) throw stillUsed(vo.name, [...new Set(holds)])
  const change = { caller, action: 'vo remove', target: vo.name, before: voView(vo, context) }
  return audited(context, change, async () => {
    const network = networkOf(vo.name, context)
    await context.sync.writer.remove(vo.dn)
    if (network !== undefined) await context.sync.writer.remove(network.dn)
    await context.directory.untilShown(
      `the removal of VO ${vo.name}`,
      (snapshot) => !snapshot.entries.has(vo.id) && (!network || !snapshot.entries.has(network.id)),
    )
  })
}

const shownMax = 5

function stillUsed(vo: Label, holds: readonly string[]): Fault {
  const more = holds.length > shownMax ? ` and ${holds.length - shownMax} more` : ''
  return new Fault('CPC-VO-002', {
    what: `VO ${vo} cannot be removed`,
    where: `VO ${vo}`,
    why: `it still has ${holds.slice(0, shownMax).join(', ')}${more}`,
    todo: 'coppice cluster down and coppice image remove, then try again',
  })
}

function alreadyThere(name: Label): Fault {
  return new Fault('CPC-VO-002', {
    what: `there is a VO ${name} already`,
    where: 'the directory, ou=vos',
    why: 'a name belongs to one entry',
    todo: `choose another name, or change it: coppice vo set ${name}`,
  })
}

function nameTooLong(vo: Label): Fault {
  return new Fault('CPC-VO-003', {
    what: `${vo} cannot be the name of a VO`,
    where: `VO ${vo}`,
    why: `its network would be called vo-${vo}, which is longer than 63 characters`,
    todo: 'choose a shorter name',
  })
}

function noNetwork(vo: Label, kind: string): Fault {
  const whys: Readonly<Record<string, string>> = {
    'subnet-taken': 'another network has some of these addresses',
    'no-subnet': 'all of 10.128.0.0/12 belongs to networks already',
    'no-vni': 'all 16,777,215 network numbers are taken',
  }
  return new Fault('CPC-VO-003', {
    what: `VO ${vo} can have no network`,
    where: `VO ${vo}`,
    why: whys[kind] ?? kind,
    todo: 'name another one: --subnet 10.200.0.0/20; coppice network list shows those that are taken',
  })
}
