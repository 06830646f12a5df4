// Why this table exists: the codes CPC-ACCESS-… that the room access may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const accessFaults = {
  'CPC-ACCESS-001': {
    title: 'No valid token came with the request',
    explanation:
      'Over TCP, every request but those for health and documentation needs a token in the header "Authorization: Bearer …". It was missing, unknown, expired or revoked; which of these is not told to the client. Make one on the appliance, where the local socket needs none: coppice token add NAME --role operator.',
    exit: 'refused',
    status: 401,
  },
  'CPC-ACCESS-002': {
    title: 'The role does not allow this',
    explanation:
      'Each token has a role: admin may do everything; operator runs machines and changes them; vo-member works with the clusters and images of one VO; read-only looks. Ask an administrator, or use another token.',
    exit: 'refused',
    status: 403,
  },
  'CPC-ACCESS-003': {
    title: 'The request names another host',
    explanation:
      'The Host or Origin header of a request is none of the names under which this appliance listens. A web page of somebody else can make a browser send such requests, so they are refused. Use one of the addresses in api.listen.',
    exit: 'refused',
    status: 421,
  },
  'CPC-ACCESS-004': {
    title: 'A token came in a place where it leaks',
    explanation:
      'A token belongs into the Authorization header and nowhere else: addresses with a token in them end in logs and browser histories. Treat this token as known to others: revoke it and make a new one.',
    exit: 'refused',
    status: 400,
  },
} as const satisfies Record<string, FaultEntry>
