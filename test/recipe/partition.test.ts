// Why this file exists: a boot loader that overlaps the first partition would destroy it silently.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bootSectors, partitionStartBytes, sectorBytes } from '../../src/recipe/partition.ts'

const fitting = {
  boot: new Uint8Array(sectorBytes),
  core: new Uint8Array(partitionStartBytes - sectorBytes),
  signature: 0xdeadbeef,
  diskBytes: 2 * partitionStartBytes,
}

test('a loader that just fits before the partition is accepted, one byte more is not', () => {
  assert.equal(bootSectors(fitting)?.length, partitionStartBytes)
  const core = new Uint8Array(fitting.core.length + 1)
  assert.equal(bootSectors({ ...fitting, core }), undefined)
})

test('a disk without room for a partition, or without a whole boot sector, is none', () => {
  assert.equal(bootSectors({ ...fitting, diskBytes: partitionStartBytes }), undefined)
  assert.equal(bootSectors({ ...fitting, boot: new Uint8Array(439) }), undefined)
})

test('code of the boot sector never runs into signature and table', () => {
  const sectors = bootSectors({ ...fitting, boot: new Uint8Array(sectorBytes).fill(0xcc) })
  assert.equal(sectors?.[439], 0xcc)
  assert.equal(sectors?.readUInt32LE(440), 0xdeadbeef)
  const rest = Buffer.alloc(50)
  rest.set([0x55, 0xaa], 48)
  assert.deepEqual(sectors?.subarray(462, 512), rest)
})
