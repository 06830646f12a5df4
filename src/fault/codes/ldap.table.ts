// Why this table exists: the codes CPC-LDAP-… that the room ldap-sync may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const ldapFaults = {
  'CPC-LDAP-001': {
    title: 'The address of the directory server cannot be read.',
    explanation:
      'directory.url is ldap://HOST[:PORT] for a server on this machine, ldaps://HOST[:PORT] for any other, or ldapi://%2Fpath for a unix socket whose slashes are written as %2F. Correct it in coppice.yaml and start again.',
    exit: 'usage',
    status: 400,
  },
  'CPC-LDAP-002': {
    title: 'The directory server cannot be reached.',
    explanation:
      'Nobody listens at directory.url, or the TLS handshake failed. The appliance goes on serving what it knew last and tries again with growing pauses. Check that the server runs, that its name resolves, and that caFile holds the authority that signed its certificate.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-LDAP-003': {
    title: 'The connection to the directory server was lost.',
    explanation:
      'The server stopped, the network broke, or the server hung up. The appliance connects again by itself and asks only for what changed meanwhile. A write that was under way may or may not have been done: look, then repeat it.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-LDAP-004': {
    title: 'The directory server did not answer in time.',
    explanation:
      'An operation took longer than its deadline. A write may still have been done: look before you repeat it. Check the load and the disk of the server.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-LDAP-005': {
    title: 'The directory server refused an operation.',
    explanation:
      "The line 'why' holds LDAP's own result code and the server's words. Common ones: invalidCredentials (wrong bind DN or secret), insufficientAccessRights, undefinedAttributeType (Coppice's schema is not loaded), entryAlreadyExists, noSuchObject (a container such as ou=machines is missing).",
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-006': {
    title: 'A password would have travelled unencrypted.',
    explanation:
      'A simple bind without TLS is made on loopback and unix sockets only. Use ldaps:// with caFile for a server on another machine.',
    exit: 'refused',
    status: 500,
  },
  'CPC-LDAP-007': {
    title: 'Too many operations or entries at once.',
    explanation:
      'A bound that protects memory was reached: more questions under way on one connection, or more entries in one answer, than the appliance is made for. Nothing of the answer was used.',
    exit: 'failed',
    status: 503,
  },
  'CPC-LDAP-008': {
    title: 'The directory server sent something that cannot be read.',
    explanation:
      'Bytes that are no LDAP message, or an answer that fits no question. The connection was closed, nothing of it was applied, and a new one is made. If it comes back, directory.url may name something else than an LDAP server.',
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-009': {
    title: 'The secret for the directory cannot be read.',
    explanation:
      'directory.secretFile names the file whose content is the password of directory.bindDn. It must exist and be readable by the appliance. The file is read at each connection, so a changed secret needs no restart.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LDAP-010': {
    title: 'The base of the embedded directory is not usable.',
    explanation:
      'directory.embedded.base must be a DN whose first part is dc=, o= or ou=, for example dc=cluster,dc=test.',
    exit: 'usage',
    status: 400,
  },
  'CPC-LDAP-011': {
    title: 'The secret of the embedded directory is empty.',
    explanation:
      'DIR/ldap-admin.secret exists but holds nothing. Remove it: the next start makes a new random secret and tells slapd about it.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LDAP-012': {
    title: 'The embedded directory belongs to another base.',
    explanation:
      'The base is part of every entry, so it cannot be changed by configuration. Set it back, or start with a new data directory and load the entries (slapcat, change the suffix, ldapadd).',
    exit: 'conflict',
    status: 409,
  },
  'CPC-LDAP-013': {
    title: 'The data directory has too long a path.',
    explanation:
      'Linux allows 107 bytes for the path of a unix socket; DIR/run/ldapi would be longer. Use a shorter directory.',
    exit: 'usage',
    status: 400,
  },
  'CPC-LDAP-014': {
    title: 'slapd is not installed.',
    explanation:
      'The embedded directory is the slapd of the distribution, run as a child of the appliance. Install the package slapd, or set directory.url to an OpenLDAP server that exists.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LDAP-015': {
    title: 'The embedded directory could not be created.',
    explanation:
      'slapadd failed while it made the first entries; its message is in the line why. Nothing half-made is left: the next start tries again from nothing.',
    exit: 'failed',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>
