// Why this file exists: whether a machine can be a KVM host at all stands in libvirt's capabilities, among a thousand
// other lines.
import {
  elementAt,
  elementsNamed,
  readXml,
  refused,
  type XmlElement,
  type XmlRead,
} from './read.ts'

export interface Capabilities {
  readonly hostUuid: string
  readonly arch: string
  readonly cpuModel: string | undefined
  readonly cpus: number
  readonly memoryKib: number
  /** Hardware virtualization is there and usable for guests of the host's own architecture. */
  readonly kvm: boolean
  /** What live migration may travel by, such as `tcp`. Empty: none. */
  readonly migration: readonly string[]
}

export function readCapabilities(text: string): XmlRead<Capabilities> {
  const document = readXml(text)
  if (!document.ok) return document
  const root = document.value
  const uuid = elementAt(root, 'host', 'uuid')?.text.trim()
  const arch = elementAt(root, 'host', 'cpu', 'arch')?.text.trim()
  if (root.name !== 'capabilities' || uuid === undefined || arch === undefined)
    return refused('it is not a description of capabilities')
  const cells = elementsNamed(elementAt(root, 'host', 'topology', 'cells'), 'cell')
  return {
    ok: true,
    value: {
      hostUuid: uuid,
      arch,
      cpuModel: elementAt(root, 'host', 'cpu', 'model')?.text.trim(),
      cpus: sum(cells, (cell) => Number(elementAt(cell, 'cpus')?.attributes.get('num') ?? 0)),
      memoryKib: sum(cells, (cell) => Number(elementAt(cell, 'memory')?.text ?? 0)),
      kvm: offersKvm(root, arch),
      migration: elementsNamed(
        elementAt(root, 'host', 'migration_features', 'uri_transports'),
        'uri_transport',
      ).map((transport) => transport.text.trim()),
    },
  }
}

function offersKvm(root: XmlElement, arch: string): boolean {
  return elementsNamed(root, 'guest')
    .flatMap((guest) => elementsNamed(guest, 'arch'))
    .filter((guestArch) => guestArch.attributes.get('name') === arch)
    .flatMap((guestArch) => elementsNamed(guestArch, 'domain'))
    .some((domain) => domain.attributes.get('type') === 'kvm')
}

function sum(cells: readonly XmlElement[], figure: (cell: XmlElement) => number): number {
  return cells.reduce((total, cell) => total + figure(cell), 0)
}
