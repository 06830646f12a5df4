// Door of the room: sockets on named interfaces. It knows no protocol above UDP.
export { type AdvertiserEvent, openRouterAdvertiser, type RouterAdvertiser } from './advertiser.ts'
export { arpProbesMax, arpWaitMs, probeByArp } from './arp-probe.ts'
export { boundTcpDescriptor, type BoundPlace, type BoundUdpWanted } from './bound-descriptor.ts'
export { interfaceAddresses, type InterfaceAddresses, interfaceIndex } from './interfaces.ts'
export { type LinkDatagram, type LinkSender, openLinkSender } from './link-sender.ts'
export { type NetworkNamespace, openNamespace } from './namespace.ts'
export {
  openBoundUdp,
  type UdpCounters,
  type UdpListener,
  type UdpPort,
  type UdpSource,
} from './udp-port.ts'
