// Why this file exists: what the image store promises to those who push, look and remove: whole or not at all, the same
// bytes for ever under one name and number, and no more than was allowed.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '#fault'
import { blobFile, parseImageDigest } from '#vocluster'
import { MemoryFs } from './memory-fs.ts'
import { goodVirtualBytes, spoiltQcow2 } from './own-image.ts'
import {
  imageBytes,
  imageName,
  inPieces,
  label,
  openStore,
  pushOf,
  root,
  version,
} from './store-lab.ts'

const coded = (code: string, why?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Fault, String(error))
  assert.equal(error.code, code)
  if (why !== undefined) assert.match(error.text.why, why)
  return true
}

const incoming = join(root, 'incoming')

test('what is pushed is listed with its format, size and digest, and survives a restart', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  const { image, isNew } = await store.receive(inPieces(imageBytes('one')), pushOf())
  assert.equal(isNew, true)
  assert.equal(image.version, 1)
  assert.equal(image.facts.format, 'qcow2')
  assert.equal(image.facts.virtualBytes, goodVirtualBytes)
  assert.equal(image.bytes, imageBytes('one').length)
  assert.match(blobFile(image), /^blobs\/sha256-[0-9a-f]{64}\.qcow2$/)
  assert.ok(fs.isSealed(join(root, blobFile(image))), 'nobody writes to it any more')
  const again = await openStore(fs.afterwards('power cut'))
  assert.deepEqual(again.store.list(), [image])
  assert.deepEqual(again.alarms, [])
})

test('the same bytes get the same version, other bytes the next number', async () => {
  const { store } = await openStore(new MemoryFs(root))
  const push = async (which: string) => {
    const { image, isNew } = await store.receive(inPieces(imageBytes(which)), pushOf())
    return [image.version, isNew]
  }
  assert.deepEqual(await push('one'), [1, true])
  assert.deepEqual(await push('two'), [2, true])
  assert.deepEqual(await push('one'), [1, false])
  assert.deepEqual(await push('three'), [3, true])
  assert.equal(store.show(label('physics'), imageName('voc-compute')).version, 3)
})

test('HOSTILE 53: other bytes under a name and version that are taken are refused', async () => {
  const { store } = await openStore(new MemoryFs(root))
  const push = pushOf({ version: version(7) })
  await store.receive(inPieces(imageBytes('one')), push)
  await assert.rejects(
    store.receive(inPieces(imageBytes('two')), push),
    coded('CPC-IMG-007', /voc-compute@7 is sha256:/),
  )
  const same = await store.receive(inPieces(imageBytes('one')), push)
  assert.equal(same.isNew, false)
  const next = await store.receive(inPieces(imageBytes('two')), pushOf())
  assert.equal(next.image.version, 8)
})

test('HOSTILE 53: a number stays spent after its image was removed', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  const { image } = await store.receive(inPieces(imageBytes('one')), pushOf())
  await store.remove(image, 'ada')
  assert.deepEqual(store.list(), [])
  assert.deepEqual(fs.files(join(root, 'blobs')), [])
  const later = await openStore(fs.afterwards('power cut'))
  const one = pushOf({ version: version(1) })
  await assert.rejects(
    later.store.receive(inPieces(imageBytes('two')), one),
    coded('CPC-IMG-007', /was, before it was removed/),
  )
  const next = await later.store.receive(inPieces(imageBytes('two')), pushOf())
  assert.equal(next.image.version, 2)
  const back = await later.store.receive(inPieces(imageBytes('one')), pushOf())
  assert.deepEqual([back.image.version, back.isNew], [1, true])
})

test('an image belongs to its VO; two VOs with the same bytes share them and nothing else', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  const physics = await store.receive(inPieces(imageBytes('one')), pushOf())
  const biology = await store.receive(inPieces(imageBytes('one')), pushOf({ vo: label('biology') }))
  assert.equal(fs.files(join(root, 'blobs')).length, 2, 'the bytes and their manifest')
  assert.throws(
    () => store.show(label('chemistry'), imageName('voc-compute')),
    coded('CPC-IMG-009'),
  )
  await store.remove(physics.image, 'ada')
  assert.deepEqual(store.list(), [biology.image])
  assert.deepEqual(await store.verify(biology.image), { whole: true })
})

test('HOSTILE 52: an upload whose connection breaks is never listed, and nothing of it stays', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  async function* breaking() {
    yield imageBytes('one').subarray(0, 100_000)
    throw new Error('ECONNRESET')
  }
  await assert.rejects(store.receive(breaking(), pushOf()), coded('CPC-IMG-008', /broke/))
  assert.deepEqual([store.list(), fs.files(incoming)], [[], []])
})

test('HOSTILE 52: an upload that falls silent is given up', async () => {
  const fs = new MemoryFs(root)
  const { store, clock } = await openStore(fs)
  const begun = Promise.withResolvers<void>()
  async function* silent() {
    yield imageBytes('one').subarray(0, 100_000)
    begun.resolve()
    await new Promise<never>(() => undefined)
  }
  const receiving = store.receive(silent(), pushOf())
  await begun.promise
  // The store asks for the next piece first, and then sets its deadline: in the same turn.
  clock.pass(60_000)
  await assert.rejects(receiving, coded('CPC-IMG-008', /nothing came for 60 s/))
  assert.deepEqual(fs.files(incoming), [])
})

test('HOSTILE 52: an upload that ends early, or is not what was announced, is refused', async () => {
  const { store } = await openStore(new MemoryFs(root))
  const bytes = imageBytes('one')
  const digest = parseImageDigest(`sha256:${'0'.repeat(64)}`)
  assert.ok(digest !== undefined)
  for (const announced of [{ bytes: bytes.length + 1 }, { bytes: 10 }, { digest }]) {
    const push = pushOf({ announced })
    await assert.rejects(store.receive(inPieces(bytes), push), coded('CPC-IMG-008'))
  }
  assert.deepEqual(store.list(), [])
})

test('HOSTILE 52: two uploads of one name at once become two versions, of the same bytes one', async () => {
  const { store } = await openStore(new MemoryFs(root))
  const push = (which: string, vo: string) =>
    store.receive(inPieces(imageBytes(which)), pushOf({ vo: label(vo) }))
  const different = await Promise.all([push('one', 'physics'), push('two', 'physics')])
  assert.deepEqual(new Set(different.map(({ image }) => Number(image.version))), new Set([1, 2]))
  const alike = await Promise.all([push('one', 'biology'), push('one', 'biology')])
  assert.deepEqual(
    alike.map(({ image }) => image.version),
    [1, 1],
  )
  assert.equal(alike.filter(({ isNew }) => isNew).length, 1)
})

test('a third upload of one VO at once is sent away, and another VO is not', async () => {
  const { store } = await openStore(new MemoryFs(root))
  const gate = Promise.withResolvers<void>()
  async function* held(which: string) {
    await gate.promise
    yield* inPieces(imageBytes(which))
  }
  const running = ['one', 'two'].map((which) => store.receive(held(which), pushOf()))
  await assert.rejects(store.receive(held('three'), pushOf()), coded('CPC-IMG-015'))
  running.push(store.receive(held('three'), pushOf({ vo: label('biology') })))
  gate.resolve()
  assert.equal((await Promise.all(running)).length, 3)
})

test('HOSTILE 50: an upload is stopped as soon as it passes the limit', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  let sent = 0
  async function* endless() {
    while (sent < 1000) {
      sent += 1
      yield new Uint8Array(1000)
    }
  }
  const push = pushOf({ imageBytesMax: 5500 })
  await assert.rejects(store.receive(endless(), push), coded('CPC-IMG-005', /5500/))
  assert.equal(sent, 6)
  assert.deepEqual(fs.files(incoming), [])
})

test('HOSTILE 50: a small file with a disk beyond the limit is refused', async () => {
  const { store } = await openStore(new MemoryFs(root))
  const bytes = imageBytes('one')
  const limits = {
    bytesMax: bytes.length,
    virtualBytesMax: goodVirtualBytes - 1,
    uploadsMax: 1,
    uploadsPerVoMax: 1,
    silenceMsMax: 1000,
  }
  const small = await openStore(new MemoryFs(root), { limits })
  await assert.rejects(small.store.receive(inPieces(bytes), pushOf()), coded('CPC-IMG-005', /disk/))
  await store.receive(inPieces(bytes), pushOf())
})

test('the quota of a VO holds for all of its images together, the same bytes counted once', async () => {
  const { store } = await openStore(new MemoryFs(root))
  const imageBytesMax = imageBytes('one').length * 2
  const push = pushOf({ imageBytesMax })
  await store.receive(inPieces(imageBytes('one')), push)
  const two = await store.receive(inPieces(imageBytes('two')), push)
  await assert.rejects(store.receive(inPieces(imageBytes('three')), push), coded('CPC-IMG-006'))
  const alias = { ...push, name: imageName('other') }
  await store.receive(inPieces(imageBytes('two')), alias)
  await store.receive(inPieces(imageBytes('three')), { ...push, vo: label('biology') })
  await store.remove(two.image, 'ada')
  await store.remove(store.show(push.vo, alias.name), 'ada')
  await store.receive(inPieces(imageBytes('three')), push)
})

test('what the header reader refuses is told with a code, and nothing of it stays', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  for (const [bytes, format, code] of [
    [spoiltQcow2([12, 0x180], [16, 4]), 'qcow2', 'CPC-IMG-002'],
    [spoiltQcow2([20, 63]), 'qcow2', 'CPC-IMG-003'],
    [spoiltQcow2([76, 1]), 'qcow2', 'CPC-IMG-004'],
    [imageBytes('one'), 'raw', 'CPC-IMG-001'],
    [new Uint8Array(), 'qcow2', 'CPC-IMG-001'],
  ] as const) {
    await assert.rejects(store.receive(inPieces(bytes), pushOf({ format })), coded(code))
  }
  assert.deepEqual([fs.files(incoming), fs.files(join(root, 'blobs'))], [[], []])
})

test('HOSTILE 47: the format is the recorded one, whatever the bytes say later', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  const disk = new Uint8Array(imageBytes('one').length - 16)
  const { image } = await store.receive(inPieces(disk), pushOf({ format: 'raw' }))
  fs.spoil(join(root, blobFile(image)), imageBytes('one').subarray(16))
  const later = await openStore(fs.afterwards('kill'))
  const found = later.store.show(label('physics'), imageName('voc-compute'))
  assert.equal(found.facts.format, 'raw')
  assert.match(blobFile(found), /\.raw$/)
})

test('verify finds bytes that are not what was stored, and those that are gone', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  const { image } = await store.receive(inPieces(imageBytes('one')), pushOf())
  assert.deepEqual(await store.verify(image), { whole: true })
  fs.spoil(join(root, blobFile(image)), imageBytes('two'))
  const changed = await store.verify(image)
  assert.ok(!changed.whole && changed.fault.code === 'CPC-IMG-011')
  await fs.remove(join(root, blobFile(image)))
  const gone = await store.verify(image)
  assert.ok(!gone.whole && gone.fault.text.why === 'the file is gone')
  const { alarms } = await openStore(fs.afterwards('kill'))
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['CPC-IMG-011'],
  )
})

test('an image that is used is not removed, and whoever looks while it is asked finds nothing', async () => {
  const seen: unknown[] = []
  let users: readonly string[] = ['physics/hpl']
  const { store } = await openStore(new MemoryFs(root), {
    isUsed: async (image) => {
      seen.push(store.find(image.vo, image.name))
      return users
    },
  })
  const { image } = await store.receive(inPieces(imageBytes('one')), pushOf())
  await assert.rejects(store.remove(image, 'ada'), coded('CPC-IMG-010', /physics\/hpl/))
  assert.deepEqual(store.list(), [image])
  users = []
  await store.remove(image, 'ada')
  assert.deepEqual(seen, [undefined, undefined])
  await assert.rejects(store.remove(image, 'ada'), coded('CPC-IMG-009'))
})

test('a record that cannot be read is told of, and until then no bytes are cleared away', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  const one = await store.receive(inPieces(imageBytes('one')), pushOf())
  const two = await store.receive(inPieces(imageBytes('two')), pushOf())
  const folder = join(root, 'names/physics/voc-compute')
  fs.spoil(join(folder, 'voc-compute@1.json'), Buffer.from('{"form":1}'))
  const later = await openStore(fs)
  assert.deepEqual(later.store.list(), [two.image])
  assert.deepEqual(
    later.alarms.map(({ code }) => code),
    ['CPC-IMG-014', 'CPC-IMG-016', 'CPC-IMG-016'],
  )
  assert.equal(await fs.bytesOf(join(root, blobFile(one.image))), one.image.bytes)
  const push = pushOf({ version: version(1) })
  await assert.rejects(
    later.store.receive(inPieces(imageBytes('three')), push),
    coded('CPC-IMG-007'),
    'its number is not free',
  )
})

test('a record under the name of another is not believed', async () => {
  const fs = new MemoryFs(root)
  const { store } = await openStore(fs)
  await store.receive(inPieces(imageBytes('one')), pushOf())
  const folder = join(root, 'names/physics/voc-compute')
  const record = await fs.read(join(folder, 'voc-compute@1.json'))
  assert.ok(record !== undefined)
  fs.put(join(folder, 'voc-compute@9.json'), record)
  const later = await openStore(fs)
  assert.equal(later.store.list().length, 1)
  assert.deepEqual(
    later.alarms.map(({ code }) => code),
    ['CPC-IMG-014'],
  )
})
