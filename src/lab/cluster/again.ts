// Why this file exists: a second "apply" must find that all is done, and by looking only: it may write nothing anywhere, which
// is measured at the appliance, at libvirt's counter and at the directory server itself.
import { request } from 'node:http'
import { apiSocket, askApi } from '../appliance.ts'
import type { RackPlan } from '../plan.ts'
import { numberMember, textMember } from '../json.ts'
import { ldapSearch } from './on-hosts.ts'
import { demand } from './promise.ts'
import { order } from './publish.ts'
import type { ClusterRun, Owner } from './site.ts'
import { itemsOf } from './views.ts'
import { fileOf } from './watch-apply.ts'

const chapter = 'apply again'

interface Traces {
  readonly libvirt: number
  readonly ldap: number
  /** The directory server's own mark of its last change. */
  readonly change: string
  readonly jobs: string
}

export async function applyAgain(cluster: ClusterRun, owner: Owner): Promise<void> {
  const { run } = cluster
  const before = await traces(run.plan)
  const said = await order(cluster, ['cluster', 'apply', fileOf(cluster, owner), '--yes'])
  const after = await traces(run.plan)
  const zero = 'it says "0 changes"'
  demand(/^0 changes$/m.test(said), { chapter, promise: zero, found: said }, run)
  for (const [what, of] of [
    ['no call that writes went to libvirt', 'libvirt'],
    ['no call that writes went to LDAP', 'ldap'],
    ['the directory server has seen no change', 'change'],
    ['no job was made', 'jobs'],
  ] as const) {
    const found = `${before[of]} before, ${after[of]} after`
    const isCounted = before[of] !== '' && !Number.isNaN(before[of])
    demand(isCounted && before[of] === after[of], { chapter, promise: what, found }, run)
  }
  run.print(`  writes so far: ${after.libvirt} to libvirt, ${after.ldap} to LDAP`)
}

async function traces(plan: RackPlan): Promise<Traces> {
  const metrics = await textOf(plan, '/metrics')
  const jobs = itemsOf(await askApi(plan, '/v1/jobs'))
  return {
    libvirt: writesIn(metrics, 'libvirt'),
    ldap: writesIn(metrics, 'ldap'),
    change: (await ldapSearch(plan, plan.base, '(objectClass=*)', ['contextCSN']))
      .split('\n')
      .filter((line) => line.startsWith('contextCSN'))
      .join(' '),
    jobs: jobs.map((job) => `${textMember(job, 'id')} ${numberMember(job, 'changes')}`).join(', '),
  }
}

/** NaN: it is not counted. Pure. */
export function writesIn(metrics: string, to: string): number {
  const pattern = new RegExp(`^coppice_writes_total\\{[^}]*to="${to}"[^}]*\\} (\\S+)$`, 'm')
  return Number(pattern.exec(metrics)?.[1] ?? Number.NaN)
}

const metricsBytesMax = 4 * 1024 * 1024

async function textOf(plan: RackPlan, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: apiSocket(plan), path }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text = (text + part).slice(0, metricsBytesMax)
      })
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })
}
