// Why this file exists: `explain` and `whatif` show a packet to a person: each option by its name and, where it has a
// form, as what it means.
import { formatIp4, formatSubnet } from '#directory'
import { decodeRoutes } from './classless-routes.ts'
import { readClient } from './client.ts'
import { u16, u32 } from './decode.ts'
import { decodeDomainSearch } from './domain-search.ts'
import type { DhcpMessage } from './message.ts'
import { nameOfType, optionCode } from './option-code.table.ts'
import { addressList, addressPairs, fullName, hex, latin1, userClasses } from './option-value.ts'
import { codesOf, optionOf } from './options.ts'
import { readSwitchPort } from './switch-port.ts'

type Reader = (bytes: Uint8Array) => string | undefined

const addresses: Reader = (bytes) => addressList(bytes)?.map(formatIp4).join(' ')
const numbers = (bytes: Uint8Array): readonly number[] | undefined =>
  bytes.length % 2 === 0
    ? Array.from({ length: bytes.length / 2 }, (_, at) => u16(bytes, 2 * at))
    : undefined
const text: Reader = (bytes) => JSON.stringify(latin1(bytes).replace(/\0+$/, ''))
const routes: Reader = (bytes) =>
  decodeRoutes(bytes)
    ?.map(({ to, by }) => `${formatSubnet(to)} by ${formatIp4(by)}`)
    .join(', ')
const seconds: Reader = (bytes) => (bytes.length === 4 ? `${u32(bytes, 0)} s` : undefined)

/** Name and reader, by option number. */
const described: Readonly<Record<number, readonly [string, Reader]>> = {
  [optionCode.subnetMask]: ['subnet mask', addresses],
  [optionCode.router]: ['router', addresses],
  [optionCode.nameServer]: ['name server', addresses],
  [optionCode.hostName]: ['host name', text],
  [optionCode.domainName]: ['domain', text],
  [optionCode.broadcast]: ['broadcast', addresses],
  33: [
    'static routes',
    (bytes) =>
      addressPairs(bytes)
        ?.map(({ to, by }) => `${formatIp4(to)} by ${formatIp4(by)}`)
        .join(', '),
  ],
  [optionCode.timeServer]: ['time server', addresses],
  [optionCode.requestedAddress]: ['requested address', addresses],
  [optionCode.leaseSeconds]: ['lease', seconds],
  [optionCode.messageType]: ['message', (bytes) => nameOfType(bytes[0] ?? 0)],
  [optionCode.serverId]: ['server', addresses],
  [optionCode.askedFor]: ['asks for', (bytes) => bytes.join(' ')],
  [optionCode.message]: ['says', text],
  [optionCode.messageBytesMax]: [
    'takes at most',
    (bytes) =>
      numbers(bytes)
        ?.map((n) => `${n} bytes`)
        .join(' '),
  ],
  [optionCode.renewSeconds]: ['renew after', seconds],
  [optionCode.rebindSeconds]: ['rebind after', seconds],
  [optionCode.vendorClass]: ['vendor class', text],
  [optionCode.bootFile]: ['boot file', text],
  [optionCode.userClass]: ['user class', (bytes) => JSON.stringify(userClasses(bytes))],
  [optionCode.fullName]: ['full name', fullName],
  [optionCode.tftpServerName]: ['TFTP server', text],
  [optionCode.architecture]: ['architecture', (bytes) => numbers(bytes)?.join(' ')],
  [optionCode.mtu]: ['MTU', (bytes) => numbers(bytes)?.join(' ')],
  108: ['IPv6 only for', seconds],
  [optionCode.domainSearch]: ['search', (bytes) => decodeDomainSearch(bytes)?.join(' ')],
  [optionCode.classlessRoutes]: ['routes', routes],
  [optionCode.oldRoutes]: ['routes, as Windows once had them', routes],
  150: ['TFTP servers', addresses],
  161: ['MUD URL', text],
}

/** A line per option, in the order in which they were sent, and last what we make of the sender. */
export function describeMessage(message: DhcpMessage): readonly string[] {
  const options = codesOf(message.options).map((code) => {
    const bytes = optionOf(message.options, code) ?? new Uint8Array()
    const [name, read] = described[code] ?? [`option ${code}`, (): undefined => undefined]
    return `${name}: ${read(bytes) ?? `0x${hex(bytes)}`}`
  })
  const client = readClient(message)
  const circuitId = client.relay?.circuitId
  const port = circuitId === undefined ? undefined : readSwitchPort(circuitId)
  return [
    ...options,
    `stage: ${client.stage}`,
    ...(client.uuid ? [`machine id: ${client.uuid}`] : []),
    ...(circuitId === undefined ? [] : [`switch port: ${JSON.stringify(port ?? circuitId)}`]),
  ]
}
