// Why this file exists: an image is the one thing that a stranger hands to our hosts whole; this is the proof that its
// header is judged by what was declared, and that nothing in it is believed, followed or allocated.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { inspectHeader, sampleOf } from '#vocluster'
import fc from 'fast-check'
import { hostileRows } from './hostile-header.table.ts'
import { goodQcow2, goodVirtualBytes, spoiltQcow2 } from './own-image.ts'

const vectors = join(import.meta.dirname, '../../vectors/images')

function vector(file: string): Uint8Array {
  const bytes = readFileSync(join(vectors, file))
  return file.endsWith('.gz') && !file.includes('bomb') ? gunzipSync(bytes) : bytes
}

for (const [row, file, declared, kind, fact] of hostileRows) {
  test(`HOSTILE ${row}: ${file}, declared ${declared}, is refused: ${kind}`, () => {
    const inspection = inspectHeader(sampleOf(vector(file)), declared)
    assert.ok(!inspection.ok)
    assert.equal(inspection.refusal.kind, kind)
    assert.match(inspection.refusal.fact, fact)
  })
}

test('a QCOW2 image with a file system is taken, with its virtual size', () => {
  const inspection = inspectHeader(sampleOf(vector('dfvfs-ext2.qcow2.gz')), 'qcow2')
  assert.ok(inspection.ok)
  assert.equal(inspection.facts.virtualBytes, 4 << 20)
})

test('the image that the following tests spoil is a good one', () => {
  assert.deepEqual(inspectHeader(sampleOf(goodQcow2()), 'qcow2'), {
    ok: true,
    facts: {
      format: 'qcow2',
      virtualBytes: goodVirtualBytes,
      version: 3,
      clusterBits: 16,
      compression: 'zlib',
      extendedL2: false,
      l1Offset: 0x30000,
      l1Entries: 2,
    },
  })
})

for (const [sentence, file, kind, fact] of [
  ['a QCOW2 of version 2', spoiltQcow2([4, 2]), 'taken', ''],
  [
    'zstd, announced by its feature bit',
    spoiltQcow2([76, 8], [100, 112], [104, 1 << 24]),
    'taken',
    '',
  ],
  [
    'zstd without the feature bit',
    spoiltQcow2([100, 112], [104, 1 << 24]),
    'header',
    'compression',
  ],
  [
    'the feature bit of zstd without zstd',
    spoiltQcow2([76, 8], [100, 112]),
    'header',
    'compression',
  ],
  [
    'an unknown field behind the known ones',
    spoiltQcow2([100, 120], [112, 1]),
    'header',
    'header length',
  ],
  [
    'subclusters with enough L1 entries',
    spoiltQcow2([76, 16], [36, 4], [24, 0]),
    'header',
    'it ends',
  ],
  ['an L1 table that is cut off', spoiltQcow2([36, 3]), 'header', 'L1 table: it ends at 196632'],
  [
    'an L1 table inside the header',
    spoiltQcow2([44, 0]),
    'header',
    'L1 table: it overlaps the header',
  ],
  ['a refcount table inside the header', spoiltQcow2([52, 0]), 'header', 'overlaps the header'],
  ['a refcount table over the L1 table', spoiltQcow2([44, 0x10000]), 'header', 'overlaps the L1'],
  [
    'a refcount table behind the end',
    spoiltQcow2([52, 0x40000]),
    'header',
    'refcount table: it ends',
  ],
  [
    'a refcount table off its cluster',
    spoiltQcow2([52, 0x10200]),
    'header',
    'no start of a cluster',
  ],
  ['a size that is no whole sector', spoiltQcow2([28, 513]), 'header', 'multiple of 512'],
  ['bit 63 of the incompatible features', spoiltQcow2([72, 1 << 31]), 'unknown-feature', 'bit 63'],
  [
    'an extension that names a data file',
    spoiltQcow2([104, 0x44415441], [108, 4]),
    'data-file',
    '',
  ],
  ['an extension with bitmaps', spoiltQcow2([104, 0x23852875], [108, 24]), 'bitmaps', ''],
  [
    'an unknown extension, which may be ignored',
    spoiltQcow2([104, 0x12345678], [108, 5]),
    'taken',
    '',
  ],
  ['a backing name of no length', spoiltQcow2([12, 0x180]), 'backing-file', ''],
  ['a length of a backing name that is nowhere', spoiltQcow2([16, 4]), 'header', 'nowhere'],
] as const) {
  test(`of ${sentence} the reader says: ${kind} ${fact}`, () => {
    const inspection = inspectHeader(sampleOf(file), 'qcow2')
    assert.equal(inspection.ok ? 'taken' : inspection.refusal.kind, kind)
    if (!inspection.ok) assert.ok(inspection.refusal.fact.includes(fact), inspection.refusal.fact)
  })
}

test('HOSTILE 49: a list of extensions without end is left after 64 of them', () => {
  const file = goodQcow2()
  new DataView(file.buffer).setUint32(100, 104)
  file.fill(1, 104, 104) // each of the following is of an unknown kind and empty
  for (let at = 104; at < 2048; at += 8) new DataView(file.buffer).setUint32(at, 0x7777_7777)
  const inspection = inspectHeader(sampleOf(file), 'qcow2')
  assert.ok(!inspection.ok)
  assert.equal(inspection.refusal.fact, 'extensions: more than 64')
})

test('HOSTILE 50: a disk of 8 EiB in a tiny file is refused', () => {
  const inspection = inspectHeader(sampleOf(spoiltQcow2([24, 0x7fff_ffff])), 'qcow2')
  assert.ok(!inspection.ok)
})

test('HOSTILE 51: a QCOW2 that ends like a VHD is two formats in one, whatever was declared', () => {
  const file = goodQcow2()
  const two = new Uint8Array(file.length + 512)
  two.set(file)
  two.set(Buffer.from('conectix'), file.length)
  for (const declared of ['qcow2', 'raw']) {
    const inspection = inspectHeader(sampleOf(two), declared)
    assert.ok(!inspection.ok)
    assert.deepEqual(inspection.refusal, { kind: 'two-formats', fact: 'qcow2, VHD' })
  }
})

test('HOSTILE 47: only a disk that no tool could take for anything else is taken as raw', () => {
  const disk = new Uint8Array(1024)
  disk.set([0x55, 0xaa], 510)
  assert.deepEqual(inspectHeader(sampleOf(disk), 'raw'), {
    ok: true,
    facts: { format: 'raw', virtualBytes: 1024 },
  })
  disk.set(Buffer.from('# a comment\n\nversion=1\n'))
  const asText = inspectHeader(sampleOf(disk), 'raw')
  assert.ok(!asText.ok, 'QEMU would take this for a VMDK descriptor')
  const odd = inspectHeader(sampleOf(new Uint8Array(1000)), 'raw')
  assert.ok(!odd.ok, 'no whole number of sectors')
})

test('a hostile name reaches no terminal as it is', () => {
  const file = spoiltQcow2([12, 0x180], [16, 4], [0x180, 0x1b_5b_32_4a])
  const inspection = inspectHeader(sampleOf(file), 'qcow2')
  assert.deepEqual(inspection, { ok: false, refusal: { kind: 'backing-file', fact: '?[2J' } })
})

/** Time that this thread had, not what others took meanwhile. */
function threadMillis(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Most changes to the fields matter; few elsewhere do. */
const changes = fc.array(
  fc.tuple(fc.integer({ min: 4, max: 300 }), fc.integer({ min: 0, max: 255 })),
  { minLength: 1, maxLength: 12 },
)

test('HOSTILE 49: however a good header is changed, the reader answers, at once, in little memory', () => {
  const good = goodQcow2()
  const durations: number[] = []
  const before = process.memoryUsage().arrayBuffers
  fc.assert(
    fc.property(changes, (list) => {
      const undo = list.map(([at]) => [at, good[at] ?? 0] as const)
      for (const [at, value] of list) good[at] = value
      const began = threadMillis()
      const inspection = inspectHeader(sampleOf(good), 'qcow2')
      durations.push(threadMillis() - began)
      for (const [at, value] of undo.toReversed()) good[at] = value
      return inspection.ok ? inspection.facts.virtualBytes > 0 : inspection.refusal.kind.length > 0
    }),
    { numRuns: 3000 },
  )
  // The collector of garbage may come into one of them.
  const slow = durations.filter((millis) => millis > 10)
  assert.ok(slow.length <= 3, `slow runs: ${slow.join(' ')}`)
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 << 20)
})

test('whatever bytes come, and whatever is declared, the reader answers', () => {
  const magic = fc.constantFrom('QFI\xfb\0\0\0\x03', 'QFI\xfb\0\0\0\x02', '#', 'KDMV', '')
  fc.assert(
    fc.property(
      magic,
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom('qcow2', 'raw', 'vmdk', ''),
      (begin, rest, declared) => {
        const file = Buffer.concat([Buffer.from(begin, 'latin1'), rest])
        const inspection = inspectHeader(sampleOf(file), declared)
        return inspection.ok || inspection.refusal.kind.length > 0
      },
    ),
    { numRuns: 2000 },
  )
})
