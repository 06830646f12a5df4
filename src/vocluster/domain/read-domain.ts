// Why this file exists: what runs is asked of libvirt and not of our memory. A domain's XML comes back as the facts that
// a plan compares.
import { type Ip4, type Mac, parseIp4, parseMac, parseUuid, type Uuid } from '#directory'
import { elementAt, elementsNamed, readXml, type XmlElement, type XmlRead } from '#libvirt'
import { readMark, type VcnMark } from './mark.ts'

export interface NicSeen {
  readonly mac: Mac
  readonly bridge: string
  readonly filter: string
  /** What its filter holds it to. */
  readonly address: Ip4 | undefined
}

export interface DomainSeen {
  readonly uuid: Uuid
  readonly name: string
  /** Absent: it is not ours, and nothing of it is ever changed (HOSTILE 59). */
  readonly mark: VcnMark | undefined
  readonly vcpus: number
  readonly memoryBytes: number
  readonly nics: readonly NicSeen[]
}

const bytesOfUnit: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  k: 1024,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
}

export function readDomain(text: string): XmlRead<DomainSeen> {
  const document = readXml(text)
  if (!document.ok) return document
  const domain = document.value
  const uuid = parseUuid(textOf(domain, 'uuid'))
  const name = textOf(domain, 'name')
  const memoryBytes = memoryOf(domain)
  const vcpus = Number(textOf(domain, 'vcpu'))
  const whole = Number.isSafeInteger(memoryBytes) && Number.isSafeInteger(vcpus)
  if (domain.name !== 'domain' || uuid === undefined || name === '' || !whole)
    return { ok: false, refusal: { kind: 'not-xml', why: 'it is not a description of a domain' } }
  const nics = elementsNamed(elementAt(domain, 'devices'), 'interface').flatMap(nicOf)
  return { ok: true, value: { uuid, name, mark: readMark(domain), vcpus, memoryBytes, nics } }
}

function textOf(domain: XmlElement, name: string): string {
  return elementAt(domain, name)?.text.trim() ?? ''
}

function memoryOf(domain: XmlElement): number {
  const unit = elementAt(domain, 'memory')?.attributes.get('unit') ?? 'KiB'
  return Number(textOf(domain, 'memory')) * (bytesOfUnit[unit] ?? Number.NaN)
}

function nicOf(element: XmlElement): readonly NicSeen[] {
  const mac = parseMac(elementAt(element, 'mac')?.attributes.get('address') ?? '')
  if (mac === undefined) return []
  const filter = elementAt(element, 'filterref')
  const address = elementsNamed(filter, 'parameter').find(
    ({ attributes }) => attributes.get('name') === 'IP',
  )
  return [
    {
      mac,
      bridge: elementAt(element, 'source')?.attributes.get('bridge') ?? '',
      filter: filter?.attributes.get('filter') ?? '',
      address: parseIp4(address?.attributes.get('value') ?? ''),
    },
  ]
}
