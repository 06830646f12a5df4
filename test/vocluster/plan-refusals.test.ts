// Why this file exists: who is refused a cluster must learn in one line what to change, and that nothing was done.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClusterSpec, planCluster } from '#vocluster'
import { label } from '../directory/samples.ts'
import { compute, file, head, told } from './plan-lab.ts'
import { gibibyte } from './samples.ts'
import { host, World } from './world.ts'

const fourNodes = file(head + compute(3))
const refusals: readonly (readonly [string, (world: World) => void, ClusterSpec, RegExp])[] = [
  [
    'no room',
    (world) => (world.hosts = [host(1, { cordoned: true }), host(2, { memoryBytes: gibibyte })]),
    fourNodes,
    /CPC-VOC-010 no host has room for \w+ \(1 vCPU and 512MiB\): n1: it is cordoned; n2: 0MiB of memory free/,
  ],
  ['no host at all', (world) => (world.hosts = []), fourNodes, /CPC-VOC-010 .*there is no host$/],
  [
    'over quota',
    (world) => world.addVo('physics', { memory: '1GiB' }),
    fourNodes,
    /CPC-VOC-011 VO physics may have memory=1GiB; its other clusters use 0MiB, and this one asks 2GiB/,
  ],
  [
    'a quota that cannot be read',
    (world) => world.addVo('physics', { memory: 'much' }),
    fourNodes,
    /CPC-VOC-012 .*"memory=much"/,
  ],
  [
    'an image that is not there',
    (world) => (world.images = world.images.slice(1)),
    fourNodes,
    /CPC-VOC-013 the VO has no image voc-head@1; the nearest is voc-compute@1/,
  ],
  [
    'a VO that is not there',
    () => undefined,
    { ...fourNodes, vo: label('phisics') },
    /CPC-VOC-013 there is no VO phisics; the nearest is physics/,
  ],
  [
    'a VO without a network',
    (world) => {
      const found = [...world.entries.values()].find(({ kind }) => kind === 'network')
      if (found) world.entries.delete(found.id)
    },
    fourNodes,
    /CPC-VOC-015 VO physics has no network/,
  ],
  [
    'a subnet that another network has',
    () => undefined,
    file(compute(1) + 'networks: { inner: { subnet: 10.128.0.0/24 } }\n'),
    /CPC-VOC-015 10.128.0.0\/24 overlaps network vo-physics/,
  ],
]
for (const [sentence, change, wanted, words] of refusals) {
  test(`nothing is planned, with the reason: ${sentence}`, () => {
    const world = new World()
    change(world)
    assert.match(told(planCluster(wanted, world.input)), words)
  })
}

test('nothing is planned onto an entry that is set aside', () => {
  const world = new World()
  const dn = 'cn=compute1,cn=hpl,cn=physics,ou=vos,dc=cluster,dc=test'
  const item = { id: [...world.entries.keys()][0] ?? assert.fail(), dn, reason: 'MAC is taken' }
  const directory = world.directory
  const setAside = directory.setAside.with(item.id, item)
  const input = { ...world.input, directory: { ...directory, setAside } }
  assert.match(told(planCluster(fourNodes, input)), /CPC-VOC-014 .*MAC is taken/)
})
