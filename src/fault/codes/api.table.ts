// Why this table exists: the codes CPC-API-… that the room api may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const apiFaults = {
  'CPC-API-001': {
    title: 'The API cannot listen',
    explanation:
      'The address or the socket that the API was told to listen on cannot be used: another program holds it, the machine does not have it, or the path of the data directory is too long for a unix socket (about 100 characters). Correct api.listen in coppice.yaml, or stop the other program.',
    exit: 'failed',
    status: 503,
  },
  'CPC-API-002': {
    title: 'A request to the API is malformed',
    explanation:
      'The body, a parameter or the kind of content is not what this part of the API takes. The reason names each field. What it takes is described in /openapi.json.',
    exit: 'usage',
    status: 400,
  },
  'CPC-API-003': {
    title: 'The API has nothing at this address',
    explanation:
      'The path or the method does not exist. An older or newer coppice may be talking to this appliance; /openapi.json lists all there is.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-API-004': {
    title: 'A valid token is missing',
    explanation:
      'Over TCP every request names a token in its Authorization header ("Bearer ..."); only /openapi.json, /healthz, /readyz and /metrics need none. Make one on the appliance itself with "coppice token add NAME --role operator" and put it into COPPICE_TOKEN or ~/.config/coppice/token. Tokens in addresses or forms are not accepted.',
    exit: 'refused',
    status: 401,
  },
  'CPC-API-005': {
    title: 'The token does not allow this',
    explanation:
      'An admin may do everything, an operator everything but tokens and changes of VOs, a read-only token may look but not change, and a member of a VO sees and uses the images, clusters, nodes and runs of his own VO. Ask an admin, or use the socket api.sock on the appliance, whose owner is admin.',
    exit: 'refused',
    status: 403,
  },
  'CPC-API-006': {
    title: 'The request names a host that is not this appliance',
    explanation:
      'The Host header must be an address, localhost, the name of the appliance or a name below its domain. Another name there is how a web page of a stranger reaches services behind a browser (DNS rebinding), so it is refused.',
    exit: 'refused',
    status: 421,
  },
  'CPC-API-007': {
    title: 'The appliance failed at a request',
    explanation:
      'Something happened that nobody foresaw: a fault of Coppice, not of the request. The log of the appliance has the details under the reference that the message names; please report both.',
    exit: 'failed',
    status: 500,
  },
  'CPC-API-008': {
    title: 'Too many are following the events',
    explanation:
      'Each follower of /v1/events keeps a connection open, and their number is limited. Close one, or ask for states instead of following events.',
    exit: 'failed',
    status: 503,
  },
  'CPC-API-009': {
    title: 'A console needs a connection of its own',
    explanation:
      'The serial console of a node is bytes both ways without an end, which is no answer of HTTP: the request must ask, with "Connection: Upgrade" and "Upgrade: coppice-console", that its connection becomes the console. "coppice vcn console" does so; a proxy between may take these headers out.',
    exit: 'usage',
    status: 426,
  },
  'CPC-API-010': {
    title: 'Too many consoles are open',
    explanation:
      'Each open console keeps a connection and a stream from a host, and their number is limited. Close one.',
    exit: 'failed',
    status: 503,
  },
} as const satisfies Record<string, FaultEntry>
