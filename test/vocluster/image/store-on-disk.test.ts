// Why this file exists: the fakes of the other tests must not be kinder than a real disk and the real tool process.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Fault } from '#fault'
import { blobFile, ImageStore, nodeImageFs } from '#vocluster'
import { imageTools } from '../../../src/tool/run.ts'
import { needs } from '../../needs.ts'
import { spoiltQcow2 } from './own-image.ts'
import { HandClock, imageBytes, imageName, inPieces, label, pushOf } from './store-lab.ts'

const utilLinux = needs('util-linux', '/usr/bin/prlimit', '/usr/bin/setpriv', '/usr/bin/unshare')
const folder = await mkdtemp(join(tmpdir(), 'coppice-store-'))
after(() => rm(folder, { recursive: true }))

const alarms: Fault[] = []

function openStore(): Promise<ImageStore> {
  return ImageStore.open({
    root: folder,
    fs: nodeImageFs,
    clock: new HandClock(),
    tools: imageTools({ node: [process.execPath], asRoot: process.getuid?.() === 0 }),
    isUsed: () => Promise.resolve([]),
    newToken: randomUUID,
    onAlarm: (fault) => alarms.push(fault),
  })
}

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

test(
  'on a real disk, with the real tool: pushed, refused, found again, verified, removed',
  { ...utilLinux },
  async () => {
    const store = await openStore()
    const { image } = await store.receive(inPieces(imageBytes('one')), pushOf())
    const blob = join(folder, blobFile(image))
    assert.deepEqual([await mode(blob), await mode(join(folder, 'blobs'))], ['440', '700'])
    const same = await store.receive(inPieces(imageBytes('one')), pushOf())
    assert.deepEqual([same.isNew, same.image], [false, image])
    const leaning = spoiltQcow2([12, 0x180], [16, 4])
    await assert.rejects(store.receive(inPieces(leaning), pushOf()), (error: unknown) => {
      return error instanceof Fault && error.code === 'CPC-IMG-002'
    })
    await writeFile(join(folder, 'incoming/of-a-dead-process.part'), 'half an image')
    const later = await openStore()
    assert.deepEqual(await readdir(join(folder, 'incoming')), [])
    const found = later.show(label('physics'), imageName('voc-compute'))
    assert.deepEqual(found, image)
    assert.deepEqual(await later.verify(found), { whole: true })
    await later.remove(found, 'ada')
    assert.deepEqual(await readdir(join(folder, 'blobs')), [])
    const back = await later.receive(inPieces(imageBytes('one')), pushOf())
    assert.equal(back.image.version, 1)
    assert.deepEqual(alarms, [])
  },
)
