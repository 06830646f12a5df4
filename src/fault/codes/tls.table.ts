// Why this table exists: the codes CPC-TLS-… that the room trust may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const tlsFaults = {
  'CPC-TLS-001': {
    title: "The appliance's certificate authority cannot be used",
    explanation:
      'The key and the certificate of the authority lie in the folder "ca" of the data directory, and the key may be readable by its owner only. One of them is missing, does not fit the other, cannot be parsed, or others may read the key. Restore the folder from a backup. Without a backup, move it away: a new authority is made at the next start and every host enrols again at its next boot.',
    exit: 'failed',
    status: 500,
  },
  'CPC-TLS-002': {
    title: 'A certificate request was refused',
    explanation:
      'A host asks for its certificate with a PKCS #10 request: PEM or DER, an RSA key of 2048 to 8192 bits, signed by that key with SHA-2. Only the key is taken from it; names and addresses come from the directory. This request was not of that form, or its signature is wrong.',
    exit: 'refused',
    status: 400,
  },
  'CPC-TLS-003': {
    title: 'A secret file was refused',
    explanation:
      'A secret is read only from a regular file that nobody but its owner may read, and an empty one is no secret: a default or empty password would open the appliance to everybody. Write the secret into the file and run chmod 600 on it.',
    exit: 'refused',
    status: 400,
  },
  'CPC-TLS-004': {
    title: 'A private key lies where boot files are served',
    explanation:
      'Everything below the boot root is given to anybody who asks, by TFTP and plain HTTP. A file there holds a private key. Move it away, and treat the key as known to others: make a new one.',
    exit: 'refused',
    status: 409,
  },
  'CPC-TLS-005': {
    title: 'A claim number was used a second time',
    explanation:
      'Each boot gets one claim number, good for one certificate. It came again with another key or from another address: either somebody imitates the machine, or the first use was already the imitation. Nothing was signed. Look at the machine; then approve or refuse with "coppice machine waiting".',
    exit: 'refused',
    status: 403,
  },
  'CPC-TLS-006': {
    title: 'A claim number was refused',
    explanation:
      'A claim number is bound to the lease, the MAC and the boot for which it was made, and lives for half an hour. It was unknown, too old, of an earlier boot, or came from elsewhere. A machine that is switched off and on gets a new one.',
    exit: 'refused',
    status: 403,
  },
  'CPC-TLS-007': {
    title: 'A machine waits for approval before it gets a certificate',
    explanation:
      'Something speaks against the machine being the one that the directory describes: another switch port, another UUID, or a host of that name that is still alive. It keeps its address, but gets no certificate until a person has looked: "coppice machine waiting" shows what was seen.',
    exit: 'refused',
    status: 403,
  },
  'CPC-TLS-008': {
    title: 'A client certificate was refused',
    explanation:
      'A request over TLS came with a certificate that this authority did not sign, that is out of its time, or that was revoked. A host gets a new one at its next boot; if many are refused at once, look at the clocks.',
    exit: 'refused',
    status: 403,
  },
} as const satisfies Record<string, FaultEntry>
