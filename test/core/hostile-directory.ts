// Why this file exists: whoever may write one value of the directory may write anything into it. Here is a whole small
// directory, right in all but one value, taken as far as the snapshot.
import assert from 'node:assert/strict'
import {
  applyDeltas,
  type Change,
  emptySnapshot,
  parseDnsName,
  parseUuid,
  type Snapshot,
  startAssembly,
  stepAll,
} from '#directory'
import { childDn } from '#ldap-sync'
import { mapEntry } from '../../src/ldap-sync/mapping/map.ts'
import { rawEntry, type RawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { Replica } from '../../src/ldap-sync/sync/replica.ts'

const base = 'dc=cluster,dc=test'
const key = `ssh-ed25519 ${'A'.repeat(68)}`

type Attributes = Readonly<Record<string, readonly string[]>>

interface Sample {
  readonly rdn: string
  readonly below: string
  readonly attributes: Attributes
}

const vo = `cn=physics,${base}`
const cluster = `cn=hpl,${vo}`
/** Every attribute that is read stands in one of them. */
const samples: readonly Sample[] = [
  {
    rdn: 'prov',
    below: base,
    attributes: {
      objectclass: ['ipNetwork', 'coppiceNetwork'],
      ipnetworknumber: ['10.77.0.0'],
      ipnetmasknumber: ['255.255.255.0'],
      coppicegateway: ['10.77.0.1'],
      coppicepool: ['10.77.0.100-10.77.0.200'],
      coppiceleaseseconds: ['3600'],
    },
  },
  {
    rdn: 'vo-physics',
    below: base,
    attributes: {
      objectclass: ['ipNetwork', 'coppiceNetwork'],
      ipnetworknumber: ['10.128.0.0'],
      ipnetmasknumber: ['255.255.240.0'],
      coppicevni: ['7'],
    },
  },
  {
    rdn: 'n1',
    below: base,
    attributes: {
      objectclass: ['device', 'ieee802Device', 'ipHost', 'coppiceMachine'],
      cn: ['n1', 'www'],
      macaddress: ['52:54:00:00:00:01'],
      iphostnumber: ['10.77.0.11'],
      bootfile: ['loader.efi'],
      bootparameter: ['console=ttyS1'],
      serialnumber: ['S1'],
      coppicerole: ['host'],
      coppiceuuid: ['0c0ffee0-0000-4000-8000-000000000011'],
      coppiceport: ['Gi1/0/1'],
      coppicepower: ['redfish+https://bmc.example/'],
      coppicetag: ['red'],
    },
  },
  {
    rdn: 'eth1',
    below: `cn=n1,${base}`,
    attributes: {
      objectclass: ['device', 'ieee802Device', 'ipHost', 'coppiceNic'],
      macaddress: ['52:54:00:00:00:02'],
      iphostnumber: ['10.77.0.12'],
      coppiceonnetwork: ['prov'],
    },
  },
  {
    rdn: 'physics',
    below: base,
    attributes: {
      objectclass: ['coppiceVo'],
      coppicequota: ['vcpus=4'],
      member: [`uid=ada,${base}`],
    },
  },
  { rdn: 'hpl', below: vo, attributes: { objectclass: ['coppiceCluster'] } },
  {
    rdn: 'c1',
    below: cluster,
    attributes: {
      objectclass: ['device', 'ieee802Device', 'ipHost', 'coppiceVcn'],
      macaddress: ['02:00:00:00:00:03'],
      iphostnumber: ['10.128.0.9'],
      coppicehost: ['n1'],
      coppiceimage: ['compute@1'],
    },
  },
  {
    rdn: 'ada',
    below: base,
    attributes: {
      objectclass: ['posixAccount', 'ldapPublicKey', 'coppicePerson'],
      uid: ['ada'],
      uidnumber: ['20001'],
      gidnumber: ['20001'],
      gecos: ['Ada'],
      displayname: ['Ada'],
      loginshell: ['/bin/bash'],
      sshpublickey: [key],
      coppicetag: ['red'],
      coppicesudo: ['TRUE'],
    },
  },
]

/** Which value of which entry is hostile: `rdn`, or an attribute. */
export interface Place {
  readonly entry: string
  readonly attribute: string
}

export const places: readonly Place[] = samples.flatMap(({ rdn, attributes }) =>
  ['rdn', ...Object.keys(attributes)].map((attribute) => ({ entry: rdn, attribute })),
)

export interface Taken {
  readonly snapshot: Snapshot
  /** All that was said of it: reasons and notes. */
  readonly said: readonly string[]
}

export function takeHostile(place: Place | undefined, value: string): Taken {
  const domain = parseDnsName('cluster.test')
  assert.ok(domain)
  const tree = new Replica()
  const raws = samples.map((sample, at) => rawOf(sample, at, place, value))
  tree.apply(raws, [])
  const said: string[] = []
  const changes = raws.flatMap((raw): Change[] => {
    const mapped = mapEntry(raw, tree, domain)
    if (mapped.kind === 'entry') said.push(...mapped.notes)
    if (mapped.kind === 'entry') return [{ kind: 'entry', entry: mapped.entry }]
    if (mapped.kind === 'nothing') return []
    said.push(mapped.reason)
    return [{ kind: 'refused', item: { id: raw.id, dn: raw.dn, reason: mapped.reason } }]
  })
  const { deltas } = stepAll(startAssembly(), changes)
  for (const delta of deltas) if (delta.kind === 'set-aside') said.push(delta.item.reason)
  return { snapshot: applyDeltas(emptySnapshot(domain), deltas), said }
}

function rawOf(sample: Sample, at: number, place: Place | undefined, value: string): RawEntry {
  const id = parseUuid((at + 1).toString(16).padStart(32, '0'))
  assert.ok(id)
  const isHere = place?.entry === sample.rdn
  const rdn = isHere && place.attribute === 'rdn' ? value : sample.rdn
  const attributes = Object.entries({ cn: [rdn], ...sample.attributes }).map(
    ([name, values]) =>
      [name, isHere && place.attribute === name ? [value, ...values.slice(1)] : values] as const,
  )
  return rawEntry(id, childDn('cn', rdn, sample.below), new Map(attributes))
}
