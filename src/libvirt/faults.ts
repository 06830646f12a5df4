// Why this file exists: what goes wrong between us and a host is said in one voice, with the host's name in it.
import { Fault, type FaultCode } from '#fault'

export interface Peer {
  /** As a person knows the host: `n001 (10.1.0.1:16514)`. */
  readonly name: string
}

export function unreachable(peer: Peer, why: string, cause?: unknown): Fault {
  return fault('CPC-LV-001', {
    what: 'libvirtd cannot be reached',
    where: peer.name,
    why,
    todo: 'see whether the host is up and libvirtd runs; it is tried again',
    cause,
  })
}

export function serverNotTrusted(peer: Peer, why: string, cause?: unknown): Fault {
  return fault('CPC-LV-002', {
    what: "the host's certificate is not trusted",
    where: peer.name,
    why,
    todo: 'boot the host again so that it enrols anew; if it stays, find out who answers there',
    cause,
  })
}

export function clientRefused(peer: Peer, why: string, cause?: unknown): Fault {
  return fault('CPC-LV-003', {
    what: 'the host refused our certificate',
    where: peer.name,
    why,
    todo: "look into the host's libvirtd log; compare its CA, its clock and tls_allowed_dn_list",
    cause,
  })
}

export function connectionLost(peer: Peer, why: string, cause?: unknown): Fault {
  return fault('CPC-LV-004', {
    what: 'the connection to libvirtd was lost',
    where: peer.name,
    why,
    todo: 'look at the state of what was asked about before asking again',
    cause,
  })
}

export function silent(peer: Peer, unansweredCount: number): Fault {
  return fault('CPC-LV-005', {
    what: 'the host has fallen silent',
    where: peer.name,
    why: `${unansweredCount} keepalive questions in a row were not answered`,
    todo: 'look at the host: its console, its load, its network',
  })
}

export function deadlinePassed(peer: Peer, procedure: string, deadlineMs: number): Fault {
  return fault('CPC-LV-006', {
    what: `libvirtd did not answer ${procedure}`,
    where: peer.name,
    why: `${deadlineMs} ms have passed`,
    todo: 'it may still be carried out: look at the state before asking again',
  })
}

export function protocolBroken(peer: Peer, why: string, cause?: unknown): Fault {
  return fault('CPC-LV-007', {
    what: 'the host broke the libvirt protocol',
    where: peer.name,
    why,
    todo: 'see what answers there and which version of libvirt it is',
    cause,
  })
}

export function refusedByLibvirt(peer: Peer, procedure: string, cause: Error): Fault {
  return fault('CPC-LV-008', {
    what: `libvirt refused ${procedure}`,
    where: peer.name,
    why: cause.message,
    todo: "libvirt's own words say what it misses",
    cause,
  })
}

export function notSpoken(procedure: string): Fault {
  return fault('CPC-LV-009', {
    what: `${procedure} is not spoken by this client`,
    where: 'the libvirt client',
    why: 'only what Coppice needs of the protocol is implemented',
    todo: 'use virsh on the host for it',
  })
}

export function tooManyCalls(peer: Peer, waitingCount: number): Fault {
  return fault('CPC-LV-010', {
    what: 'too many requests wait for this host',
    where: peer.name,
    why: `${waitingCount} requests are waiting already`,
    todo: 'wait until the host has caught up, then try again',
  })
}

export function loginWanted(peer: Peer, why: string): Fault {
  return fault('CPC-LV-011', {
    what: 'libvirtd wants a login that we do not have',
    where: peer.name,
    why,
    todo: 'set auth_tls="none" in libvirtd.conf (auth_unix_rw for the local socket)',
  })
}

export function cannotEncode(why: string): Fault {
  return fault('CPC-LV-012', {
    what: 'a value cannot be sent to libvirt',
    where: 'the request, before it was sent',
    why,
    todo: 'correct the value',
  })
}

export function readerTooSlow(peer: Peer, heldBytes: number): Fault {
  return fault('CPC-LV-013', {
    what: 'the reader of a stream fell too far behind',
    where: peer.name,
    why: `${heldBytes} bytes had arrived that nobody fetched`,
    todo: 'open it again and keep reading',
  })
}

export function streamOver(peer: Peer, stream: string, why: string): Fault {
  return fault('CPC-LV-014', {
    what: `${stream} is over`,
    where: peer.name,
    why,
    todo: 'open it again',
  })
}

function fault(code: FaultCode, facts: Fault['text'] & { readonly cause?: unknown }): Fault {
  const { cause, ...text } = facts
  return new Fault(code, text, cause === undefined ? {} : { cause })
}
