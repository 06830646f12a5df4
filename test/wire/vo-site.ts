// Why this file exists: tests of VO networks need one small site with two VOs on it, a physical network and a machine.
import type { Entry, Snapshot } from '#directory'
import { ip, label, machine, mac, name, network, newId, snapshotOf, vcn } from '../pxe/dhcp-lab.ts'

export { ip, label, mac, name, snapshotOf }

/** Of this process alone: namespaces are named by it, and tests run side by side. */
export const firstVni = 15_000_000 + (process.pid % 70_000) * 10
export const physicsVni = firstVni
export const chemVni = firstVni + 1

export const nodeMac = '02:00:00:13:30:02'
export const spareMac = '02:00:00:13:30:03'
export const chemMac = '02:00:00:13:31:02'
export const machineMac = '52:54:00:77:00:11'
export const strangeMac = '02:00:00:13:3f:ff'

export const physics = network('10.133.0.0/20', {
  name: label('vo-physics'),
  vni: physicsVni,
  // A gateway, a route and a pool that somebody wrote there by mistake.
  gateway: ip('10.133.0.254'),
  routes: [{ to: { number: ip('10.77.0.0'), prefix: 24 }, by: ip('10.133.0.254') }],
  pool: { first: ip('10.133.0.100'), last: ip('10.133.0.199') },
})
export const chem = network('10.133.16.0/20', { name: label('vo-chem'), vni: chemVni })
export const node = vcn('compute1.hpl.physics', { mac: nodeMac, ip: '10.133.0.2' })
export const spare = vcn('compute2.hpl.physics', { mac: spareMac, ip: '10.133.0.3' })
export const chemNode = vcn('compute1.mpi.chem', { mac: chemMac, ip: '10.133.16.2' })
export const host = machine('n001', { mac: machineMac, ip: '10.77.0.11' })

export const entries: readonly Entry[] = [
  network('10.77.0.0/24', {
    name: label('prov'),
    pool: { first: ip('10.77.0.200'), last: ip('10.77.0.209') },
  }),
  physics,
  chem,
  node,
  spare,
  chemNode,
  host,
]

export const site: Snapshot = snapshotOf(entries)

export { newId, vcn }
