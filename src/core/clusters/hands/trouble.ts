// Why this file exists: what goes wrong while a plan is carried out is said in one voice, with what a person can do.
import { type DnsName, formatIp4, type Ip4 } from '#directory'
import { Fault } from '#fault'
import type { NodeAwaited } from './await-node.ts'

export function givenUp(what: string): Fault {
  return new Fault('CPC-VCN-001', {
    what: `${what} was given up`,
    where: 'the appliance',
    why: 'its job was cancelled, or the appliance stops',
    todo: 'coppice cluster plan shows what is left to do',
  })
}

export function hostIsAway(host: DnsName, why: string): Fault {
  return new Fault('CPC-VCN-002', {
    what: `nothing can be done on ${host}`,
    where: host,
    why,
    todo: `coppice machine show ${host}`,
  })
}

export function commandFailed(where: string, command: string, why: string): Fault {
  return new Fault('CPC-VCN-003', {
    what: `a command failed: ${command}`,
    where,
    why: why.trim() || 'it said nothing',
    todo: 'its own words say what it misses',
  })
}

export function notOnWire(what: string, number: number, serving: number): Fault {
  return new Fault('CPC-VCN-004', {
    what: `${what} is not served yet`,
    where: 'the process that answers packets',
    why: `it serves state ${serving} of the directory; the entry is in state ${number}`,
    todo: 'coppice status tells whether it is connected',
  })
}

export function noAnswer({ vcn, address }: NodeAwaited, deadlineMs: number): Fault {
  return new Fault('CPC-VCN-005', {
    what: `${vcn} does not answer`,
    where: `${vcn} (${formatIp4(address)})`,
    why: `no ping came back within ${Math.round(deadlineMs / 1000)} s`,
    todo: `coppice vcn console ${vcn}`,
  })
}

export function notResolved({ vcn, address }: NodeAwaited, dns: Ip4, why: string): Fault {
  return new Fault('CPC-VCN-006', {
    what: `the name ${vcn} and the address ${formatIp4(address)} do not lead to each other`,
    where: `DNS at ${formatIp4(dns)}`,
    why,
    todo: `coppice explain ${vcn}`,
  })
}

export function pausedAgain(vcn: string, host: DnsName, why: string): Fault {
  return new Fault('CPC-VCN-008', {
    what: `${vcn} was resumed and stopped again`,
    where: host,
    why,
    todo: 'mend that first: room on the host for its disk, the images that the host mounts; its console may tell more',
  })
}

export function missingBelow(what: string, missing: string): Fault {
  return new Fault('CPC-VCN-007', {
    what: `${what} has nothing to stand on`,
    where: 'the directory',
    why: `${missing} is not there`,
    todo: 'plan again: coppice cluster plan',
  })
}
