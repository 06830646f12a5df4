// Why this table exists: each key of a Kea file that has no counterpart here is left out with the reason that helps its
// reader most.
export const leftOutBecause: Readonly<Record<string, string>> = {
  Dhcp6: 'IPv6 is not served yet',
  DhcpDdns: 'names follow from the directory, no server is updated',
  'Control-agent': 'the appliance has an API of its own',
  'interfaces-config': 'interfaces in coppice.yaml say it',
  interface: 'interfaces in coppice.yaml say it',
  'lease-database': 'the appliance keeps its leases itself',
  'hosts-database': 'reservations in a database are not in this file; export them first',
  'hosts-databases': 'reservations in a database are not in this file; export them first',
  'config-control': 'what lies in a configuration database is not in this file',
  'client-classes': 'there are no classes of clients here',
  'client-class': 'there are no classes of clients here',
  'require-client-classes': 'there are no classes of clients here',
  'evaluate-additional-classes': 'there are no classes of clients here',
  'option-def': 'machines are told what they need; other options are not kept',
  'renew-timer': 'renewal follows from the length of a lease',
  'rebind-timer': 'renewal follows from the length of a lease',
  'calculate-tee-times': 'renewal follows from the length of a lease',
  't1-percent': 'renewal follows from the length of a lease',
  't2-percent': 'renewal follows from the length of a lease',
  'min-valid-lifetime': 'a lease has one length here: valid-lifetime',
  'max-valid-lifetime': 'a lease has one length here: valid-lifetime',
  'next-server': 'the appliance serves boot files itself',
  'server-hostname': 'the appliance serves boot files itself',
  'boot-file-name':
    'what machines boot is decided by their role; a reservation of its own may have one',
  relay: 'a relay is known by its own address in the network',
  authoritative: 'services.dhcp in coppice.yaml says it',
  'hooks-libraries': 'what hooks do is not understood',
  loggers: 'it is about the program that it was written for',
  'control-socket': 'it is about the program that it was written for',
  'control-sockets': 'it is about the program that it was written for',
  comment: 'notes for people are not kept',
  'user-context': 'notes for people are not kept',
  duid: 'a machine is known by its cards, its port or its UUID only',
}

/** Numbers and switches that mean nothing once the file is left: told together, not one by one. */
export const ownAffairs: ReadonlySet<string> = new Set([
  'id',
  'host-reservation-identifiers',
  'reservations-global',
  'reservations-in-subnet',
  'reservations-out-of-pool',
  'reservation-mode',
  'match-client-id',
  'echo-client-id',
  'pool-id',
])

/** Options by their numbers, as far as a reason hangs on their name. */
export const optionNames: Readonly<Record<number, string>> = {
  1: 'subnet-mask',
  3: 'routers',
  6: 'domain-name-servers',
  12: 'host-name',
  15: 'domain-name',
  28: 'broadcast-address',
  42: 'ntp-servers',
  66: 'tftp-server-name',
  67: 'boot-file-name',
  119: 'domain-search',
}

export const optionLeftOutBecause: Readonly<Record<string, string>> = {
  'subnet-mask': 'it follows from the network',
  'broadcast-address': 'it follows from the network',
  'domain-name-servers': 'the appliance tells machines its own DNS',
  'ntp-servers': 'the appliance tells machines its own time',
  'domain-search': 'machines search the domain of the appliance',
  'tftp-server-name': 'the appliance serves boot files itself',
}

export const nothingLikeIt = 'nothing here corresponds to it'
