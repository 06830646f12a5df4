// Why this table exists: every answer, and every silence, was one of these rules. The packet path notes the rule
// and its operands; the sentence is made only when somebody asks. {n} is an operand, {n:ip} an address.
export const ruleTexts = {
  // Silence before anything was decided
  off: 'DHCP is switched off in coppice.yaml',
  notForServers: '{0} is not for servers',
  noCard: 'the packet names no Ethernet card',
  noNetwork: 'no network of the directory is on {0} for a packet from {1:ip}',
  unsupported: '{0} is not served',
  answersNobody: 'a {0} seen in passing, from our own server {1:ip}',
  strangeServer: 'another DHCP server, {1:ip}, sent a {0}',
  strangeServerChosen: 'the client has taken the offer of another DHCP server, {0:ip}',
  unknownRelay:
    'relay {0:ip} is neither a router of network {1} nor a machine in it: describe it, or set coppiceGateway',
  subnetElsewhere: 'the client selects subnet {0:ip}, which is not on {1}',
  relayOutside: 'relay {0:ip} lies in no network of the directory',
  relayOnTenantNetwork: 'a relay, {0:ip}, spoke on the VO network {1}, where no relay is',
  noGuest: '{0} is not described on network {1}, which has no guests',
  // Which address
  described: '{0} has {1:ip} in the directory',
  heldByOther:
    '{0} has {1:ip} in the directory, but {2} still holds it; a pool address until that ends',
  undecided: '{0} has no address on network {1} yet; a pool address until it has',
  ownLease: 'the card keeps its pool address {0:ip}',
  hadBefore: 'pool address {0:ip}, which the card had before and nobody since',
  asked: 'pool address {0:ip}, which the client asked for and nobody has',
  free: 'pool address {0:ip}, free',
  // Beside an address
  loaderMissing: 'no loader for architecture {1}: {0} is not here',
  // No address
  bootpStranger: '{0} speaks BOOTP, which has no end of a lease, and is not described',
  noPool: 'network {0} has no pool for machines that the directory does not describe',
  allInUse: '{0} free addresses of the pool were tried, and strangers answered at each',
  poolFull: 'the pool of network {0} has no free address',
  crowdedPort: 'port {0} has {1} unknown machines already, which is its limit',
  tooManyOffers: '{0} offers are waiting for an answer, which is the limit',
  // REQUEST
  otherOffer: 'the client has taken another offer',
  noAddressAsked: 'the request names no address',
  wrongNetwork: '{0:ip} is not on network {1}',
  notTheirs: '{0:ip} is not for this client: {1:ip} is',
  nothingForThem: '{0:ip} is not for this client, and no other is',
  noRecord: 'nothing is known of {0:ip} for this client, and another server may know',
  acknowledged: '{0:ip} for {1} s',
  // DECLINE, RELEASE, INFORM
  forOtherServer: 'meant for server {0:ip}',
  notTheirLease: '{0:ip} is not held by this client, so it cannot give it back',
  released: '{0:ip} given back',
  declined: '{0:ip} is in use by a stranger; not given out for {1} s',
  declinedDescribed: '{0:ip} is in use by a stranger, though it is in the directory',
  declinesTooOften: 'the client has declined {0} addresses already; {1:ip} is not set aside',
  tooManyDeclines: '{0} addresses are set aside already, which is the limit; {1:ip} is not',
  informed: 'settings for {0:ip}',
  noAddressToInform: 'the client names no address of its own',
  // Proxy
  proxied: 'the boot file only; another server gives addresses',
  notBooting: 'not a boot client, and another server gives addresses',
  nothingToBoot: '{0} boots its own disk, and another server gives addresses',
  overheardTwice: '{0:ip} is claimed, but {1} holds it still',
  overheard: '{0:ip} from another server, overheard',
} as const

export type Rule = keyof typeof ruleTexts
