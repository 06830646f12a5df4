// Why this table exists: the codes CPC-LV-… that the room libvirt may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const lvFaults = {
  'CPC-LV-001': {
    title: 'A host does not answer on its libvirt port',
    explanation:
      'The connection to libvirtd (TLS, port 16514) could not be made in time. The host may be off or still booting, libvirtd may not run there, or a filter lies between. It is tried again; look at the host, its console, and the route to it.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-LV-002': {
    title: 'A host showed a certificate that is not to be trusted',
    explanation:
      "The server's certificate is not signed by our CA, has run out, or names another machine. Either the host enrolled with another appliance or an older CA, or something else answers at its address. Boot the host again, so that it enrols anew; if that does not help, find out who answers there.",
    exit: 'refused',
    status: 502,
  },
  'CPC-LV-003': {
    title: 'A host refused our certificate',
    explanation:
      "After the TLS handshake libvirtd confirms the client's certificate with one byte; here it closed instead (virsh says \"Unable to read TLS confirmation\"). Our certificate is not signed by the CA that the host knows, has run out by the host's clock, lacks the usages of a client, or its distinguished name is not in the host's tls_allowed_dn_list. The host's libvirtd log says which.",
    exit: 'refused',
    status: 502,
  },
  'CPC-LV-004': {
    title: 'The connection to a host was lost',
    explanation:
      'The connection to libvirtd ended while it was in use. What was asked may or may not have happened: look at the state of the domain or volume before asking again. The connection is made anew.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-LV-005': {
    title: 'A host has fallen silent',
    explanation:
      'libvirtd did not answer several keepalive questions in a row, so the connection was given up. The host hangs, has lost its network, or is overloaded beyond use.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-LV-006': {
    title: 'libvirtd did not answer a request in time',
    explanation:
      'The host is alive, but one request took longer than its limit. It may still be carried out. Slow storage below the host is the usual reason: look at it, then at the state of what was asked about.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-LV-007': {
    title: 'A host broke the libvirt protocol',
    explanation:
      'Bytes arrived that libvirt never sends: a frame too long, a count that cannot be true, an answer to a question that was not asked. The connection was closed at once, because nothing after that can be trusted. Something other than libvirtd may answer there, or its version is not known to Coppice.',
    exit: 'failed',
    status: 502,
  },
  'CPC-LV-008': {
    title: 'libvirt refused what was asked',
    explanation:
      "The host's libvirtd understood the request and answered with an error of its own. Its number and its words are part of the message; `virsh` on the host would say the same.",
    exit: 'failed',
    status: 502,
  },
  'CPC-LV-009': {
    title: 'A libvirt procedure is not spoken by this client',
    explanation:
      'Coppice speaks the part of the libvirt protocol that it needs and refuses the rest by name, so that nothing is half done. Use virsh on the host for it.',
    exit: 'refused',
    status: 501,
  },
  'CPC-LV-010': {
    title: 'Too many requests wait for one host',
    explanation:
      'libvirtd works on a few requests of one client at a time; the rest waits in a queue, and that is full. The host answers slowly, or more is asked than it can do. Wait, then try again.',
    exit: 'failed',
    status: 503,
  },
  'CPC-LV-011': {
    title: 'A host wants a login that is not certificate-based',
    explanation:
      'libvirtd asks for SASL or polkit. Coppice identifies itself by its TLS certificate only: set auth_tls="none" (or auth_unix_rw="none" for the local socket) in libvirtd.conf.',
    exit: 'refused',
    status: 502,
  },
  'CPC-LV-012': {
    title: 'A value cannot be sent to libvirt',
    explanation:
      'A text holds a character that XML or the protocol has no place for, is too long, or a number is out of range. Nothing was sent.',
    exit: 'usage',
    status: 400,
  },
  'CPC-LV-013': {
    title: 'The reader of a console fell too far behind',
    explanation:
      'What a guest prints is kept for its reader up to a limit. The reader did not fetch it, so the stream was closed, for all other requests to that host travel over the same connection. Open the console again.',
    exit: 'failed',
    status: 503,
  },
  'CPC-LV-014': {
    title: 'A console or a transfer was used after its end',
    explanation:
      'The stream had been finished or given up on our side when more was read from it or written to it. Open the console again, or start the transfer anew.',
    exit: 'failed',
    status: 409,
  },
} as const satisfies Record<string, FaultEntry>
