// Why this file exists: before there can be a cluster there is a VO with a quota and its images, pushed as a person does it.
import { mustCoppice } from '../appliance.ts'
import { cutUpload } from './cut-upload.ts'
import type { ClusterRun, Owner } from './site.ts'

/** An image goes through a hash, a header check and a disk. */
const pushMsMax = 300_000
const quota = 'vcns=64,vcpus=64,memory=64GiB,image-bytes=8GiB'

export async function publish(cluster: ClusterRun): Promise<void> {
  const { run, disks, main, other } = cluster
  await order(cluster, ['vo', 'add', main.vo, '--quota', quota])
  await order(cluster, ['vo', 'add', other.vo, '--quota', quota])
  await cutUpload(cluster)
  await push(cluster, main, { file: disks.head, name: 'voc-head' })
  await push(cluster, main, { file: disks.compute, name: 'voc-compute' })
  await push(cluster, other, { file: disks.head, name: 'voc-head' })
  run.print('')
  await order(cluster, ['image', 'list'])
}

interface Pushed {
  readonly file: string
  readonly name: string
}

async function push(cluster: ClusterRun, { vo }: Owner, { file, name }: Pushed): Promise<void> {
  await order(cluster, ['image', 'push', file, '--vo', vo, '--name', name, '--version', '1'])
}

/** Shown as typed, with what it said. */
export async function order({ run }: ClusterRun, words: readonly string[]): Promise<string> {
  const { plan, signal, print } = run
  print(`$ coppice ${words.join(' ')}`)
  const said = await mustCoppice(plan, words, signal, pushMsMax)
  for (const line of said.trimEnd().split('\n')) print(`  ${line}`)
  return said
}
