// Why this file exists: a refusal of a plan in the four lines that a person reads: what, where, why, and what to do now.
import { formatSubnet } from '#directory'
import type { Problem } from '#fault'
import { formatImageId } from '../image/image-name.ts'
import type { HostFull, OverQuota } from '../place/book.ts'
import { count, describeLimit, formatFree, type NoRoom } from '../place/room.ts'
import { formatSize } from '../spec/size.ts'
import type { ClusterRef } from './input.ts'
import type { PlanRefusal } from './refusal.ts'

const hostsShownMax = 10
const namesShownMax = 10

export function explainRefusal(refusal: PlanRefusal, of: ClusterRef): Problem {
  const what = 'the cluster cannot be planned'
  const where = `cluster ${of.vo}/${of.cluster}`
  const [code, why, todo] = told(refusal)
  return { code, text: { what, where, why, todo } }
}

type Told = readonly [Problem['code'], string, string]

function told(refusal: PlanRefusal): Told {
  switch (refusal.kind) {
    case 'no-room':
      return ['CPC-VOC-010', whyNoRoom(refusal), 'ask for less, uncordon a host, or add one']
    case 'host-full':
      return ['CPC-VOC-010', whyFull(refusal), 'plan again: its room went to another cluster']
    case 'over-quota':
      return ['CPC-VOC-011', whyOverQuota(refusal), 'ask for less, or have the quota raised']
    case 'bad-quota':
      return [
        'CPC-VOC-012',
        `the quota of VO ${refusal.vo} has "${refusal.text}": ${refusal.why}`,
        `coppice vo set ${refusal.vo} --quota …`,
      ]
    case 'no-vo':
      return [
        'CPC-VOC-013',
        `there is no VO ${refusal.vo}${nearestIs(refusal.nearest)}`,
        `coppice vo add ${refusal.vo}`,
      ]
    case 'no-image':
      return [
        'CPC-VOC-013',
        `the VO has no image ${formatImageId(refusal.image)}${nearestIs(refusal.nearest)}`,
        `coppice image push FILE --name ${refusal.image.name}`,
      ]
    case 'set-aside':
      return [
        'CPC-VOC-014',
        `the directory has ${refusal.dn}, which is set aside: ${refusal.reason}`,
        'correct or remove that entry; coppice lint shows all of them',
      ]
    case 'host-away':
      return [
        'CPC-VOC-016',
        `${named(refusal.vcns)} may still run on ${refusal.host}, which does not answer`,
        `bring ${refusal.host} back, or look that it is off: coppice machine confirm-off ${refusal.host} --i-looked`,
      ]
    case 'host-gone':
      return [
        'CPC-VOC-019',
        `${named(refusal.vcns)} may still run on ${refusal.host}, which is no host of the directory any more`,
        `describe it again: coppice machine add ${refusal.host} --role host, with its MAC or address; if it is off for good: coppice machine confirm-off ${refusal.host} --i-looked, apply, and remove it then`,
      ]
    case 'stale-plan':
      return [
        'CPC-VOC-017',
        `plan ${refusal.asked} was made of a state that is gone; it would now be ${refusal.now}`,
        'plan again, read it, and apply that one',
      ]
    default:
      return toldOfNetworks(refusal)
  }
}

type NetworkKind =
  | 'no-vo-network'
  | 'name-too-long'
  | 'no-network-name'
  | 'no-address'
  | 'no-mac'
  | 'no-subnet'
  | 'subnet-taken'
  | 'no-vni'

function toldOfNetworks(refusal: Extract<PlanRefusal, { readonly kind: NetworkKind }>): Told {
  switch (refusal.kind) {
    case 'no-vo-network':
      return [
        'CPC-VOC-015',
        `VO ${refusal.vo} has no network: cn=vo-${refusal.vo} with a coppiceVni is missing`,
        `coppice network add vo-${refusal.vo}, or add the VO anew`,
      ]
    case 'name-too-long':
    case 'no-network-name':
      return [
        'CPC-VOC-008',
        `the name ${refusal.name} is longer than DNS allows`,
        'shorten the name of the role, the cluster or the network',
      ]
    case 'no-address':
      return [
        'CPC-VOC-015',
        `network ${refusal.network} has no free address`,
        'remove nodes from it',
      ]
    case 'no-mac':
      return ['CPC-VOC-015', `every MAC for ${refusal.vcn} is taken`, 'rename the cluster']
    case 'no-subnet':
      return ['CPC-VOC-015', 'no subnet of 10.128.0.0/12 is free', 'name one in the cluster file']
    case 'subnet-taken':
      return [
        'CPC-VOC-015',
        `${formatSubnet(refusal.subnet)} overlaps network ${refusal.by}`,
        'write "subnet: auto", or another one',
      ]
    case 'no-vni':
      return ['CPC-VOC-015', 'every VXLAN number is taken', 'remove a network']
  }
}

function nearestIs(nearest: string | undefined): string {
  return nearest === undefined ? '' : `; the nearest is ${nearest}`
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, namesShownMax).join(', ')
  const more = names.length - namesShownMax
  return more > 0 ? `${shown} and ${more} more` : shown
}

function whyNoRoom({ wanted, limits }: NoRoom): string {
  const asked = `${count(wanted.vcpus, 'vCPU')} and ${formatSize(wanted.memoryBytes)}`
  const start = `no host has room for ${wanted.vcn} (${asked})`
  if (limits.length === 0) return `${start}: there is no host`
  const shown = limits.slice(0, hostsShownMax).map(({ host, limit }) => {
    return `${host}: ${describeLimit(limit)}`
  })
  const more = limits.length - shown.length
  return `${start}: ${shown.join('; ')}${more > 0 ? `; and ${more} more hosts` : ''}`
}

function whyFull({ host, limit, free, asked }: HostFull): string {
  const [has, wants] =
    limit === 'memory' ? [formatFree(free), formatSize(asked)] : [Math.max(0, free), asked]
  return `${host} has ${has} of ${limit} left, and ${wants} is asked of it`
}

function whyOverQuota({ vo, limit, quota, used, asked }: OverQuota): string {
  const [most, already, wants] = [quota, used, asked].map((figure) =>
    limit === 'memory' ? formatFree(figure) : String(figure),
  )
  return `VO ${vo} may have ${limit}=${most}; its other clusters use ${already}, and this one asks ${wants}`
}
