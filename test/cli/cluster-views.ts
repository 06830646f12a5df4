// Why this file exists: answers about virtual clusters as an appliance gives them, for the tests of the command line.
import type { ClusterView, HplRunView, JobView, PlanView, VcnView } from '#api'

const at = '2026-01-31T12:00:00.000Z'

export function aCluster(vo: string, name: string, more: Partial<ClusterView> = {}): ClusterView {
  const facts = { state: 'Running', vcns: 4, running: 4 }
  return { vo, name, ...facts, hosts: ['n001', 'n002'], images: ['voc-compute@1'], ...more }
}

export function aVcn(vo: string, cluster: string, name: string): VcnView {
  return {
    name,
    vo,
    cluster,
    fqdn: `${name}.${cluster}.${vo}.cluster.test`,
    state: 'Running',
    host: 'n001',
    image: 'voc-compute@1',
    nics: [{ network: `vo-${vo}`, address: '10.128.0.11', mac: '02:00:00:00:00:01' }],
    dn: `cn=${name},cn=${cluster},cn=${vo},ou=vos,dc=cluster,dc=test`,
  }
}

export const fourToCreate: PlanView = {
  vo: 'physics',
  cluster: 'hpl',
  hash: 'abc123',
  changes: 4,
  isEmpty: false,
  nodes: [
    { vcn: 'compute1', kind: 'create', host: 'n001', why: 'it is not there' },
    { vcn: 'compute2', kind: 'create', host: 'n001', why: 'it is not there' },
    { vcn: 'compute3', kind: 'create', host: 'n002', why: 'it is not there' },
    { vcn: 'compute4', kind: 'create', host: 'n002', why: 'it is not there' },
  ],
  steps: ['reserve', 'start compute1 on n001'],
}

export const nothingToDo: PlanView = {
  ...fourToCreate,
  changes: 0,
  isEmpty: true,
  nodes: fourToCreate.nodes.map((node) => ({
    ...node,
    kind: 'keep',
    why: 'it is as it should be',
  })),
  steps: [],
}

export function aJob(more: Partial<JobView> = {}): JobView {
  return {
    id: 'j1',
    kind: 'apply',
    subject: 'physics/hpl',
    state: 'running',
    by: 'root',
    startedAt: at,
    steps: { done: 3, total: 12 },
    doing: ['define compute1 on n001'],
    writes: { libvirt: 1, ldap: 2 },
    changes: 4,
    notes: [],
    ...more,
  }
}

export function aRun(id: string, more: Partial<HplRunView> = {}): HplRunView {
  return {
    id,
    side: 'virtual',
    subject: 'physics/hpl',
    nodes: ['compute1', 'compute2'],
    state: 'done',
    N: 2016,
    NB: 168,
    P: 2,
    Q: 2,
    gflops: 1.25,
    seconds: 4.4,
    label: 'emulated: percentages have no meaning',
    startedAt: at,
    ...more,
  }
}
