// Why this table exists: the codes CPC-CLU-… of core's clusters, each explained once.
import type { FaultEntry } from '../fault.ts'

export const cluFaults = {
  'CPC-CLU-001': {
    title: 'A step of a cluster failed for good',
    explanation:
      'It was tried several times, or took longer than its deadline, and every host that the cluster needs answers, so waiting would not help. The message names the step, the host and the reason. What was done stays, its room too: when the reason is mended, "cluster apply" of the same file goes on from there, and "cluster down" takes all of it away.',
    exit: 'partly',
    status: 500,
  },
  'CPC-CLU-002': {
    title: 'A host is silent, and nobody can make sure that it is off',
    explanation:
      'Nodes of a host that does not answer may still run. They are started elsewhere only when its power is known to be off, because otherwise the same node would run twice and damage what both write to. Bring the host back, repair the way to its BMC, or switch it off by hand and confirm that (coppice machine confirm-off NAME --i-looked), then apply again.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-CLU-003': {
    title: 'The rest of the cluster found no room, so all of it was undone',
    explanation:
      'A host was lost while the cluster was brought up for the first time, and what is left has no room for the whole. A cluster is there as a whole or not at all: domains, disks, entries, networks and room were taken back. The reason names the node without room and each host’s limit.',
    exit: 'refused',
    status: 409,
  },
  'CPC-CLU-004': {
    title: 'Another job works on the cluster',
    explanation:
      'One cluster has one job at a time. Wait for it ("coppice job watch"), cancel it, or take the cluster down, which ends it. Applying the very file that is being applied is no conflict: it answers with the job that runs.',
    exit: 'conflict',
    status: 409,
  },
  'CPC-CLU-005': {
    title: 'There is no such cluster or job',
    explanation:
      'Nothing is known of it: no file was applied, no entry and no domain carries its name. Of jobs that have ended the last few hundred are kept.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-CLU-006': {
    title: 'Too many jobs are waiting',
    explanation:
      'Jobs of one VO run one after the other and the number of jobs at once is bounded; so is the number that may wait. Nothing was reserved. Try again when some have ended.',
    exit: 'failed',
    status: 503,
  },
  'CPC-CLU-007': {
    title: 'A job was ended by a bug',
    explanation:
      'Something happened that the program does not expect. The log has the place. Other clusters go on; of this one all that was done stays and is known, so that applying again or taking it down is safe. Please report it.',
    exit: 'failed',
    status: 500,
  },
  'CPC-CLU-008': {
    title: 'A cluster does not come to rest',
    explanation:
      'After each round of steps the hosts and the directory are looked at again, and there was always something more to do. Somebody else changes the same things, or a host takes back what it was told. The steps of the last round are in the reason.',
    exit: 'partly',
    status: 500,
  },
  'CPC-CLU-009': {
    title: 'A job has ended already',
    explanation: 'Only a job that runs or waits can be cancelled.',
    exit: 'conflict',
    status: 409,
  },
} as const satisfies Readonly<Record<string, FaultEntry>>
