// Why this table exists: what root in a node may try against everybody who is not of its VO, as data: each row is a line of
// shell that succeeds when it got through.
import type { SeenVcn } from './views.ts'

export interface Targets {
  readonly here: SeenVcn
  readonly neighbour: SeenVcn
  /** A node of another VO. */
  readonly stranger: SeenVcn
  readonly strangerSubnet: string
  /** On the VO's own network. */
  readonly ownAppliance: string
  readonly provisioning: {
    readonly appliance: string
    readonly hosts: readonly string[]
    readonly spare: string
    readonly prefixBits: number
  }
  readonly bmcs: readonly string[]
}

export interface Attempt {
  readonly what: string
  /** Exit 0: it got through. */
  readonly shell: string
  /** Must get through, or the row beside it would mean nothing. */
  readonly isControl: boolean
}

/** Within so many seconds a slow node has connected, or never will. */
const connectSeconds = 4
const giveUpSeconds = 8

/** nc ends by itself only when the connection is refused or times out; one that had to be ended was open (143). */
function tcp(address: string, port: number): string {
  return `timeout ${giveUpSeconds} nc -w ${connectSeconds} ${address} ${port} </dev/null >/dev/null 2>&1; code=$?; [ $code = 0 ] || [ $code = 143 ]`
}

function ping(address: string, more = ''): string {
  return `ping -c 2 -W ${connectSeconds} ${more}${address} >/dev/null 2>&1`
}

/** DNS is TCP 53 too; nothing else is on the appliance's end. */
const appliancePorts = { http: 80, tftp: 69, enrol: 8443, api: 8420, nfs: 2049, ssh: 22 } as const
const boardPorts = { redfish: 8000, http: 80, ssh: 22 } as const
const hostPorts = { ssh: 22, libvirt: 16_514, nfs: 2049, migration: 49_152 } as const

/** Each of them is tried along each of these ways, since a node without a route fails at once and proves nothing. */
export function waysOut({ ownAppliance }: Targets): readonly (readonly [string, string])[] {
  return [
    ['with the appliance as its router', `via ${ownAppliance}`],
    ['as if everything were on its own wire', ''],
  ]
}

/** Run before and after each round. */
export function defaultRoute(verb: 'replace' | 'delete', way: string): string {
  return `ip route ${verb} default ${way} dev $nic`
}

export function attempts(targets: Targets): readonly Attempt[] {
  const { ownAppliance, neighbour, provisioning, bmcs } = targets
  return [
    control('its own DNS over TCP', tcp(ownAppliance, 53)),
    control('its neighbour', ping(neighbour.address)),
    ...ports('the appliance at', ownAppliance, appliancePorts),
    ...ports('the appliance at', provisioning.appliance, appliancePorts),
    ...provisioning.hosts.flatMap((host) => ports('the host', host, hostPorts)),
    ...bmcs.flatMap((board) => ports('the BMC', board, boardPorts)),
    bad(
      'a file by TFTP',
      `timeout ${giveUpSeconds} tftp -g -r snponly.efi -l /dev/null ${ownAppliance} >/dev/null 2>&1`,
    ),
    bad('a node of another VO', ping(targets.stranger.address)),
  ]
}

/** One after the other, since each changes what the node is on the network, and gives it back. */
export function disguises(targets: Targets): readonly Attempt[] {
  const { here, stranger, strangerSubnet, ownAppliance, provisioning } = targets
  const { appliance, hosts, spare, prefixBits } = provisioning
  const within = (address: string, bits: number, shell: string): string =>
    `ip address add ${address}/${bits} dev $nic; ${shell}; code=$?; ip address delete ${address}/${bits} dev $nic; [ $code = 0 ]`
  const routed = (to: string, via: string, shell: string): string =>
    `ip route replace ${to} ${via} dev $nic; ${shell}; code=$?; ip route delete ${to} dev $nic; [ $code = 0 ]`
  const otherMac = `${here.mac.slice(0, -2)}${here.mac.endsWith('ee') ? 'ef' : 'ee'}`
  const provisioningSubnet = `${provisioning.appliance}/32`
  return [
    bad('the provisioning network by an address there', within(spare, prefixBits, ping(appliance))),
    ...hosts.map((host) =>
      bad(`the host ${host} by an address of its network`, within(spare, prefixBits, ping(host))),
    ),
    bad(
      'the provisioning network by a route through the appliance',
      routed(provisioningSubnet, `via ${ownAppliance}`, tcp(appliance, appliancePorts.api)),
    ),
    bad(
      'another VO by a route through the appliance',
      routed(strangerSubnet, `via ${ownAppliance}`, ping(stranger.address)),
    ),
    bad(
      'another VO by its own address there',
      within(spoofed(stranger.address), 20, ping(stranger.address)),
    ),
    bad(
      'the appliance with the address of somebody else',
      within(spoofed(here.address), 20, ping(ownAppliance, `-I ${spoofed(here.address)} `)),
    ),
    bad(
      'the appliance with the address of its neighbour',
      within(targets.neighbour.address, 20, ping(ownAppliance, `-I ${targets.neighbour.address} `)),
    ),
    bad(
      'the appliance with another MAC',
      `ip link set $nic address ${otherMac}; ${ping(ownAppliance)}; code=$?; ip link set $nic address ${here.mac}; [ $code = 0 ]`,
    ),
    control('the appliance again as itself', ping(ownAppliance)),
  ]
}

/** Of the same network, far behind what is given to nodes. */
export function spoofed(address: string): string {
  const [a, b, c] = address.split('.')
  return `${a}.${b}.${c}.213`
}

function ports(
  who: string,
  address: string,
  named: Readonly<Record<string, number>>,
): readonly Attempt[] {
  return Object.entries(named).map(([name, port]) =>
    bad(`${name} (${port}) of ${who} ${address}`, tcp(address, port)),
  )
}

function bad(what: string, shell: string): Attempt {
  return { what, shell, isControl: false }
}

function control(what: string, shell: string): Attempt {
  return { what, shell, isControl: true }
}
