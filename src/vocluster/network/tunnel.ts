// Why this file exists: a VO's network is a VXLAN between the hosts that carry its nodes and the appliance. These are
// the commands that make and unmake one end of it; each may be run again at any time.
import {
  applianceAddress,
  formatIp4,
  type Ip4,
  namespaceName,
  type Subnet,
  vxlanName,
} from '#directory'
import { bridgeName, tenantMtuBytes } from '../domain/on-host.ts'

export { namespaceName } from '#directory'

/** Words for one program; no shell reads them. */
export interface Command {
  readonly argv: readonly [string, ...string[]]
  /** A failure whose message holds this means that it is so already. */
  readonly tolerated?: string
}

export interface TunnelEnd {
  readonly vni: number
  /** On the wire between hosts; `peers` are the other ends. */
  readonly local: Ip4
  readonly peers: readonly Ip4[]
}

const vxlanPort = 4789
/** RFC 7348 leaves unknown and broadcast frames to us: each end sends a copy to every other end. */
const allZeroMac = '00:00:00:00:00:00'
const thereAlready = 'File exists'
const goneAlready = 'Cannot find device'
const noSuchEntry = 'No such file or directory'

/** A bridge has no address, but Linux answers on it for all others of the host, unless it is told not to. */
function silence(device: string): readonly Command[] {
  // -e: a kernel without IPv6 has nothing to switch off.
  const set = ['sysctl', '-q', '-e', '-w'] as const
  return [
    { argv: [...set, `net.ipv4.conf.${device}.rp_filter=1`] },
    { argv: [...set, `net.ipv4.conf.${device}.arp_ignore=8`] },
    { argv: [...set, `net.ipv6.conf.${device}.disable_ipv6=1`] },
  ]
}

/** On a host: the tunnel is a port of a bridge, and the nodes' NICs are the others. */
export function hostEndCommands({ vni, local, peers }: TunnelEnd): readonly Command[] {
  const [bridge, vxlan] = [bridgeName(vni), vxlanName(vni)]
  return [
    {
      argv: ip('link', 'add', bridge, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0'),
      tolerated: thereAlready,
    },
    ...silence(bridge),
    { argv: ip('link', 'add', vxlan, ...vxlanWords(vni, local)), tolerated: thereAlready },
    ...silence(vxlan),
    { argv: ip('link', 'set', vxlan, 'mtu', String(tenantMtuBytes), 'master', bridge, 'up') },
    { argv: ip('link', 'set', bridge, 'mtu', String(tenantMtuBytes), 'up') },
    ...peers.map((peer) => addPeer(vxlan, peer)),
  ]
}

export function hostEndRemoval(vni: number): readonly Command[] {
  return [vxlanName(vni), bridgeName(vni)].map((device) => ({
    argv: ip('link', 'delete', device),
    tolerated: goneAlready,
  }))
}

/** On the appliance: made within its namespace, while its packets travel outside. */
export function applianceEndCommands(
  { vni, local, peers }: TunnelEnd,
  subnet: Subnet,
): readonly Command[] {
  const [namespace, vxlan] = [namespaceName(vni), vxlanName(vni)]
  const inside = ['-n', namespace] as const
  const address = `${formatIp4(applianceAddress(subnet))}/${subnet.prefix}`
  return [
    { argv: ip('netns', 'add', namespace), tolerated: thereAlready },
    {
      argv: ip('link', 'add', vxlan, 'netns', namespace, ...vxlanWords(vni, local)),
      tolerated: thereAlready,
    },
    { argv: ip(...inside, 'link', 'set', 'lo', 'up') },
    { argv: ip(...inside, 'address', 'replace', address, 'dev', vxlan) },
    { argv: ip(...inside, 'link', 'set', vxlan, 'mtu', String(tenantMtuBytes), 'up') },
    ...peers.map((peer) => addPeer(vxlan, peer, inside)),
  ]
}

/** A device goes with its namespace. */
export function applianceEndRemoval(vni: number): readonly Command[] {
  return [{ argv: ip('netns', 'delete', namespaceName(vni)), tolerated: noSuchEntry }]
}

/** Ends that have gone; what still comes from them is no harm, so this is the last thing done. */
export function forgetPeers(
  vni: number,
  peers: readonly Ip4[],
  where: 'host' | 'appliance',
): readonly Command[] {
  const inside = where === 'host' ? [] : ['-n', namespaceName(vni)]
  return peers.map((peer) => ({
    argv: ['bridge', ...inside, 'fdb', 'delete', ...peerWords(vxlanName(vni), peer)] as const,
    tolerated: noSuchEntry,
  }))
}

function vxlanWords(vni: number, local: Ip4): readonly string[] {
  const port = ['dstport', String(vxlanPort)]
  return ['type', 'vxlan', 'id', String(vni), 'local', formatIp4(local), ...port]
}

function addPeer(vxlan: string, peer: Ip4, inside: readonly string[] = []): Command {
  return {
    argv: ['bridge', ...inside, 'fdb', 'append', ...peerWords(vxlan, peer)],
    tolerated: thereAlready,
  }
}

function peerWords(vxlan: string, peer: Ip4): readonly string[] {
  return [allZeroMac, 'dev', vxlan, 'dst', formatIp4(peer)]
}

function ip(...words: readonly string[]): readonly [string, ...string[]] {
  return ['ip', ...words]
}
