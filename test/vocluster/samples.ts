// Why this file exists: tests of virtual nodes need one that is whole, and may then change one thing in it.
import { createHash } from 'node:crypto'
import assert from 'node:assert/strict'
import { parseUuid, type Uuid } from '#directory'
import { type ImageId, parseImageId, type VcnDefinition } from '#vocluster'
import { ip, label, mac, name } from '../directory/samples.ts'

export const gibibyte = 1024 ** 3
export const mebibyte = 1024 ** 2

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

export function uuid(text: string): Uuid {
  return parseUuid(text) ?? assert.fail()
}

export function imageId(text: string): ImageId {
  return parseImageId(text) ?? assert.fail()
}

export const imageDigest = `sha256:${'5e'.repeat(32)}`

export function definition(sample: Partial<VcnDefinition> = {}): VcnDefinition {
  return {
    uuid: uuid('11111111-2222-8333-8444-555555555555'),
    name: name('compute3.hpl.physics'),
    mark: {
      vo: label('physics'),
      cluster: label('hpl'),
      vcn: label('compute3'),
      role: label('compute'),
      image: imageId('voc-compute@3'),
      imageDigest,
      reservation: 'r1',
    },
    vcpus: 2,
    memoryBytes: 64 * mebibyte,
    base: { file: 'base.qcow2', format: 'qcow2', virtualBytes: 8 * mebibyte },
    nics: [{ mac: mac('02:00:00:00:00:03'), address: ip('10.128.0.3'), vni: 7 }],
    ...sample,
  }
}
