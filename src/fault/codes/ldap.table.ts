// Why this table exists: the codes CPC-LDAP-… that the room ldap-sync may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const ldapFaults = {
  'CPC-LDAP-001': {
    title: 'The address of the directory server cannot be read.',
    explanation:
      'directory.url is ldap://HOST[:PORT] for a server on this machine or with startTls: true, ldaps://HOST[:PORT] for any other, or ldapi://%2Fpath for a unix socket whose slashes are written as %2F. Correct it in coppice.yaml and start again.',
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
      "The line 'why' holds LDAP's own result code and the server's words. Common ones: insufficientAccessRights, undefinedAttributeType (Coppice's schema is not loaded), entryAlreadyExists, noSuchObject (a container such as ou=machines is missing).",
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-006': {
    title: 'A password would have travelled unencrypted.',
    explanation:
      'A simple bind without TLS is made on loopback and unix sockets only. Use ldaps://, or ldap:// with startTls: true, and caFile for a server on another machine.',
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
    title: 'A secret of the embedded directory is empty.',
    explanation:
      'DIR/ldap-admin.secret or DIR/ldap-reader.secret exists but holds nothing. Remove it: the next start makes a new random secret and tells slapd about it.',
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
  'CPC-LDAP-030': {
    title: 'The embedded directory could not be brought up to date.',
    explanation:
      'A release that keeps other indexes, or is stricter about what it takes, reads the whole database with slapcat and writes it anew with slapadd, beside the old one. That failed; the message is in the line why. The old database is untouched: mend what is named (most often: room for a second copy) and start again, or go back to the earlier release.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LDAP-031': {
    title: 'There is no room on the disk to start the embedded directory.',
    explanation:
      'What slapd needs at its start could not be written to the data directory. Every change that was answered is in the database and stays there. Make room, then start again.',
    exit: 'failed',
    status: 507,
  },
  'CPC-LDAP-032': {
    title: 'The embedded directory cannot listen.',
    explanation:
      'Another program has the address of directory.embedded.listen or directory.embedded.ldaps, or this machine has no such address. "ss -ltnp" shows who listens where.',
    exit: 'failed',
    status: 500,
  },
  'CPC-LDAP-050': {
    title: 'The directory server does not accept the bind DN or its password.',
    explanation:
      'invalidCredentials: the name does not exist, or the password is not its own; LDAP does not say which. What was known before goes on being served. The secret is read from secretFile at each attempt, so a corrected one needs no restart.',
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-051': {
    title: 'The password of the bind DN has expired, is locked or must be changed.',
    explanation:
      "The server's password policy lets this name do nothing until its password is changed there (ldappasswd). What was known before goes on being served. Write the new password into secretFile; it is read again at the next attempt. A name for programs is best exempt from expiry.",
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-052': {
    title: 'The base of the directory is not there.',
    explanation:
      'noSuchObject: directory.base names no entry of this server, or the bind DN may not see it. A server that was emptied looks the same. What was known before goes on being served, so nothing is lost: correct the base or the rights, or load the backup of the directory.',
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-053': {
    title: 'The directory server gave a part of its entries only.',
    explanation:
      'A limit of the server on size, time or work ended the answer. A part is never taken for the whole, so nothing of it was used and what was known before goes on being served. Lift the limits for the bind DN. In OpenLDAP: limits dn.exact="BINDDN" size=unlimited time=unlimited, or olcLimits.',
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-054': {
    title: 'The directory server refers to another server.',
    explanation:
      'The tree, or the entry to be written, belongs to another server, which the line why names. Referrals are never followed: they would take the password to a server that nobody configured. Set directory.url to that server.',
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-055': {
    title: 'The directory server does not tell changes.',
    explanation:
      'It lacks content synchronisation (RFC 4533, refreshAndPersist), by which Coppice follows a directory. In OpenLDAP load the overlay syncprov for the database, with a session log; in 389 Directory Server enable the plugin Content Synchronization.',
    exit: 'failed',
    status: 502,
  },
  'CPC-LDAP-056': {
    title: 'The connection to the directory server could not be encrypted.',
    explanation:
      'The server refused StartTLS, hung up, or sent more in clear than its answer, which may be the work of somebody in between. Nothing is sent without encryption, the password least of all. Set up TLS on the server, or use ldaps://.',
    exit: 'unreachable',
    status: 503,
  },
  'CPC-LDAP-057': {
    title: 'Many entries vanished from the directory at once; they are held.',
    explanation:
      'More was removed within a window of time than directory.removals allows (by default more than 10 % of all entries and more than 5 within 60 s), so the entries go on being served. coppice directory status lists them. If they were meant to go: coppice directory accept. If the server is at fault, restore it: an entry that comes back is released by itself. coppice directory reject asks the server for everything anew, and goes on holding what it still does not show.',
    exit: 'refused',
    status: 409,
  },
} as const satisfies Record<string, FaultEntry>
