// Door of the room: switching machines on and off, by Redfish, IPMI or wake-on-LAN.
export { type ParsedAddress, parsePowerAddress, type PowerAddress } from './address.ts'
export {
  type Credentials,
  type PowerClock,
  type PowerController,
  type PowerOutcome,
  type PowerState,
  systemClock,
} from './controller.ts'
export { acceptsCipherZero, type IpmiOptions } from './ipmi.ts'
export { openPower, type PowerOptions } from './open.ts'
export { answerBytesMax, redirectsMax } from './redfish-http.ts'
export { type PowerLimits, powerLimits } from './verified.ts'
export { magicPacket } from './wake.ts'
