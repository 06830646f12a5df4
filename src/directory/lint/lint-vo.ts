// Why this file exists: a VO stands on other entries: its network, its people, and figures that its plans rely on.
import type { Cluster, Vo } from '../entry.ts'
import { type Finding, warning } from './finding.ts'
import { topics, type World } from './world.ts'

const limits: ReadonlyMap<string, RegExp> = new Map([
  ['vcns', /^\d+$/],
  ['vcpus', /^\d+$/],
  ['memory', /^\d+(\.\d+)?\s*([kmgtp]i?)?b?$/i],
  ['image-bytes', /^\d+(\.\d+)?\s*([kmgtp]i?)?b?$/i],
])

export function lintVo(world: World, vo: Vo): readonly Finding[] {
  const findings: Finding[] = []
  if (!world.has(topics.network(`vo-${vo.name}`))) {
    findings.push(warning('CPC-DIR-052', vo, `there is no network vo-${vo.name}`))
  }
  for (const member of vo.members.filter((uid) => !world.has(topics.person(uid)))) {
    findings.push(warning('CPC-DIR-054', vo, `its member ${member} is no person that is served`))
  }
  for (const [name, value] of Object.entries(vo.quota)) {
    if (limits.get(name)?.test(value) === true) continue
    findings.push(warning('CPC-DIR-055', vo, `${name}=${value} is no limit that is known`))
  }
  return findings
}

export function lintCluster(world: World, cluster: Cluster): readonly Finding[] {
  if (world.has(topics.vo(cluster.vo))) return []
  return [warning('CPC-DIR-050', cluster, `its VO ${cluster.vo} is not served`)]
}
