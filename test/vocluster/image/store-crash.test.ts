// Why this file exists: an image store that is killed, loses power or runs full at any step must afterwards hold what it
// acknowledged, whole, and nothing else.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '#fault'
import type { ImageStore } from '#vocluster'
import { MemoryFs, type Trouble } from './memory-fs.ts'
import { imageBytes, inPieces, openStore, pushOf, root } from './store-lab.ts'

/** More steps than any of the acts below takes. */
const stepsMax = 200

type Act = (store: ImageStore) => Promise<unknown>

interface Scene {
  readonly sentence: string
  /** Before the trouble, on a sound disk. */
  readonly before: Act
  readonly act: Act
  /** The numbers that may be listed afterwards: without the act, or with it. */
  readonly without: readonly number[]
  readonly done: readonly number[]
}

const push = (which: string) => (store: ImageStore) =>
  store.receive(inPieces(imageBytes(which)), pushOf())
const removeNewest = async (store: ImageStore): Promise<void> => {
  const image = store.list().at(-1)
  if (image !== undefined) await store.remove(image, 'ada')
}

const scenes: readonly Scene[] = [
  {
    sentence: 'a first push',
    before: async () => undefined,
    act: push('one'),
    without: [],
    done: [1],
  },
  { sentence: 'a second push', before: push('one'), act: push('two'), without: [1], done: [1, 2] },
  {
    sentence: 'a push of bytes that were removed',
    before: async (store) => {
      await push('one')(store)
      await removeNewest(store)
    },
    act: push('one'),
    without: [],
    done: [1],
  },
  { sentence: 'a removal', before: push('one'), act: removeNewest, without: [1], done: [] },
]

/** What the act came to, with the trouble at that step; the steps that opening took do not count. */
async function play(scene: Scene, kind: Trouble['kind'], step: number) {
  const sound = new MemoryFs(root)
  const { store } = await openStore(sound)
  await scene.before(store)
  const opened = sound.afterwards('kill')
  await openStore(opened)
  const fs = sound.afterwards('kill', { kind, atStep: opened.steps + step })
  const running = await openStore(fs)
  let acknowledged = true
  await scene.act(running.store).catch((error: unknown) => {
    assert.ok(error instanceof Fault || String(error).includes('killed'), String(error))
    acknowledged = false
  })
  return { fs, acknowledged, store: running.store, tookAll: fs.steps < opened.steps + step }
}

async function assertSound(fs: MemoryFs, scene: Scene, acknowledged: boolean): Promise<void> {
  const { store, alarms } = await openStore(fs)
  assert.deepEqual(alarms, [])
  const listed = store.list().map((image) => Number(image.version))
  const allowed = acknowledged ? [scene.done] : [scene.without, scene.done]
  assert.ok(
    allowed.some((versions) => versions.join() === listed.join()),
    `listed: ${listed.join()}`,
  )
  for (const image of store.list()) assert.deepEqual(await store.verify(image), { whole: true })
  assert.deepEqual(fs.files(join(root, 'incoming')), [])
  assert.equal(fs.files(join(root, 'blobs')).length, store.list().length * 2)
}

for (const scene of scenes) {
  for (const how of ['kill', 'power cut', 'power cut that keeps all names'] as const) {
    test(`HOSTILE 52: ${scene.sentence} that ends with a ${how} at any step is whole or nothing`, async () => {
      let step = 1
      for (let tookAll = false; !tookAll && step < stepsMax; step += 1) {
        const outcome = await play(scene, 'killed', step)
        await assertSound(outcome.fs.afterwards(how), scene, outcome.acknowledged)
        tookAll = outcome.tookAll
      }
      assert.ok(step > 5 && step < stepsMax, `${step} steps`)
    })
  }

  test(`${scene.sentence} on a disk that is full at any step is whole or nothing, and the store goes on`, async () => {
    let step = 1
    for (let tookAll = false; !tookAll && step < stepsMax; step += 1) {
      const outcome = await play(scene, 'full', step)
      tookAll = outcome.tookAll
      if (tookAll) break
      await assertListed(outcome.store, scene, outcome.acknowledged)
      // The disk has room again: what failed succeeds now.
      await scene.act(outcome.store)
      await assertSound(outcome.fs.afterwards('power cut'), scene, true)
    }
    assert.ok(step > 5 && step < stepsMax, `${step} steps`)
  })
}

/** Also before any restart, the running store tells what is true on the disk. */
async function assertListed(store: ImageStore, scene: Scene, acknowledged: boolean): Promise<void> {
  const listed = store.list().map(({ version }) => Number(version))
  if (acknowledged) assert.deepEqual(listed, scene.done)
  for (const image of store.list()) assert.deepEqual(await store.verify(image), { whole: true })
}

test('a file system that takes fewer bytes than it is given stores the image whole all the same', async () => {
  const fs = new MemoryFs(root, { kind: 'short', atStep: 0 })
  const { store } = await openStore(fs)
  const { image } = await store.receive(inPieces(imageBytes('one'), 3000), pushOf())
  assert.deepEqual(await store.verify(image), { whole: true })
})

test('a full disk is told as such, with the words of the system', async () => {
  const sound = new MemoryFs(root)
  await openStore(sound)
  const opened = sound.steps
  const { store } = await openStore(new MemoryFs(root, { kind: 'full', atStep: opened + 3 }))
  await assert.rejects(push('one')(store), (error: unknown) => {
    assert.ok(error instanceof Fault)
    assert.equal(error.code, 'CPC-IMG-012')
    assert.match(error.text.why, /no space left/)
    return true
  })
})
