// Why this file exists: a site, its DHCP service and what wire asks them when it explains, for the tests beside it.
import { type Forwarder, forwardingBy } from '#dns'
import type { Fact, Told } from '#feed'
import { createDhcpService, type DhcpService, type HeldFile } from '#pxe'
import { explainSubject } from '../../src/wire/explain/explain.ts'
import { LastSeen } from '../../src/wire/explain/last-seen.ts'
import type { ExplainedEnd } from '../../src/wire/explain/places.ts'
import { label, machine, network, newSite, onProv, onVo, siteEntries } from '../pxe/dhcp-lab.ts'
import { fakeJournal } from '../pxe/fake-journal.ts'

const ported = machine('n003', { ip: '10.77.0.14' }, { port: 'ge-0/0/3' })
const nowhereNet = network('10.99.0.0/24', { name: label('cellar') })
const cellar = machine('deep', { mac: '52:54:00:99:00:01', ip: '10.99.0.5' })

function held(name: string): HeldFile {
  return { kind: 'held', name, bytes: new Uint8Array(2_048), digest: '' }
}

export function stand(forwarder?: Pick<Forwarder, 'isPublic'>) {
  const site = newSite([...siteEntries, ported, nowhereNet, cellar])
  const told: string[] = []
  const here = new Set(['snponly.efi', 'undionly.kpxe', 'boot/kvm-host/vmlinuz'])
  for (const loader of ['snponly-arm64.efi', 'snponly-i386.efi']) site.missing.add(loader)
  const service: DhcpService = createDhcpService({
    book: site.book,
    journal: fakeJournal(),
    clock: () => site.now,
    world: () => site.world(),
    whoAnswers: () => Promise.resolve(new Map()),
    isNear: () => true,
    send: () => void told.push('sent'),
    count: (what) => void told.push(what),
    sight: ({ kind }) => void told.push(kind),
    log: (line) => void told.push(line),
  })
  const end = (place: typeof onProv, vni?: number): ExplainedEnd => ({
    place: { ...place, address: place.interfaceAddress },
    dhcp: service,
    zone: () => ({
      snapshot: site.snapshot,
      applianceAddresses: place.addresses,
      serial: 1,
    }),
    forwarding: forwardingBy(forwarder),
    snapshot: () => site.snapshot,
    ...(vni !== undefined && { vni }),
  })
  const lastSeen = new LastSeen()
  const asked = () => ({
    picture: {
      snapshot: site.snapshot,
      serial: 1,
      boot: { caFingerprint: 'ab', caPem: 'x', enrolPort: 8443 },
      nextBoot: () => site.nextBoot,
    },
    book: site.book,
    now: site.now,
    files: { find: (name: string) => (here.has(name) ? held(name) : undefined) },
    ends: [end(onProv), end(onVo, 100)],
    lastSeen,
  })
  const explain = (subject: string): Told => explainSubject(subject, asked())
  return { site, told, service, lastSeen, asked, explain }
}

export const of = ({ facts }: Told, topic: Fact['topic']): readonly Fact[] =>
  facts.filter((fact) => fact.topic === topic)
