// Why this file exists: commands take short names of clusters and nodes, and the appliance knows whether they are enough.
import type { ClusterRef, VcnRef } from '../client/clusters.ts'
import { readClusterName, readVcnName, theOnly } from '../names/cluster-names.ts'
import { namesFrom } from '../names/names.ts'
import type { Call } from './call.ts'
import type { Flag } from './noun.ts'

export interface VoFlag {
  readonly vo?: string
}

export const voFlag: Flag = ['--vo <vo>', 'of this virtual organization']

export async function clusterNamed(call: Call<VoFlag>, word: string): Promise<ClusterRef> {
  const { cluster, vo } = readClusterName(word, call.flags.vo)
  if (vo !== undefined) return { vo, cluster }
  const all = await (await call.appliance()).clusters.list()
  const found = theOnly(
    all.filter(({ name }) => name === cluster),
    { word, kind: 'cluster', fullName: (one) => `${one.vo}/${one.name}` },
  )
  return { vo: found.vo, cluster }
}

export async function vcnNamed(call: Call<VoFlag>, word: string): Promise<VcnRef> {
  const { vcn, cluster, vo } = readVcnName(word, call.flags.vo)
  if (cluster !== undefined && vo !== undefined) return { vo, cluster, vcn }
  const { vcns } = await call.appliance()
  const all = await vcns.list(vo === undefined ? {} : { vo })
  const found = theOnly(
    all.filter((one) => one.name === vcn && (cluster ?? one.cluster) === one.cluster),
    { word, kind: 'vcn', fullName: (one) => `${one.name}.${one.cluster}.${one.vo}` },
  )
  return { vo: found.vo, cluster: found.cluster, vcn }
}

export function vcnText({ vcn, cluster, vo }: VcnRef): string {
  return `${vcn}.${cluster}.${vo}`
}

export function clusterText({ vo, cluster }: ClusterRef): string {
  return `${vo}/${cluster}`
}

/** What the words name, still as short as they were written. Only machines carry tags. */
export function wordsOf(call: Call<unknown>): Promise<readonly string[]> {
  return namesFrom(call.words, {
    stdin: call.io.stdin,
    namesOfTag: () => Promise.resolve([]),
  })
}
