// Why this table exists: options have names; only the wire has numbers (RFC 2132 and the RFCs named beside them).
export const optionCode = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  nameServer: 6,
  hostName: 12,
  domainName: 15,
  mtu: 26,
  broadcast: 28,
  timeServer: 42,
  vendorSpecific: 43,
  requestedAddress: 50,
  leaseSeconds: 51,
  overload: 52,
  messageType: 53,
  serverId: 54,
  askedFor: 55,
  message: 56,
  messageBytesMax: 57,
  renewSeconds: 58,
  rebindSeconds: 59,
  vendorClass: 60,
  clientId: 61,
  tftpServerName: 66,
  bootFile: 67,
  /** RFC 3004 */
  userClass: 77,
  /** RFC 4702 */
  fullName: 81,
  /** RFC 3046 */
  relayInformation: 82,
  /** RFC 4578: 93, 94, 97 */
  architecture: 93,
  undiVersion: 94,
  machineId: 97,
  /** RFC 3011 */
  subnetSelection: 118,
  /** RFC 3397 */
  domainSearch: 119,
  /** RFC 3442 */
  classlessRoutes: 121,
  /** RFC 5859 */
  tftpServers: 150,
  /** iPXE's own encapsulated options */
  ipxe: 175,
  /** What Windows asked for before it knew 121: the same in the same form */
  oldRoutes: 249,
  end: 255,
} as const

/** What only DHCP says: a message with one of these has lost its type, and is no BOOTP. */
export const dhcpOnly = [
  optionCode.requestedAddress,
  optionCode.leaseSeconds,
  optionCode.serverId,
  optionCode.askedFor,
] as const

/** RFC 2132 §9.6 and RFC 4388. */
export const messageType = {
  /** No octet can say this: a message without option 53 (RFC 1534 §2). */
  bootp: -1,
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const

const typeNames = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM']

export function nameOfType(type: number): string {
  return type === messageType.bootp ? 'BOOTP' : typeNames[type] || `type ${type}`
}
