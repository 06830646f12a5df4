// Why this table exists: the codes CPC-HPL-… that the room hpl may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const hplFaults = {
  'CPC-HPL-001': {
    title: 'The numbers make no HPL run',
    explanation:
      'The size of a run is N = sqrt(n·D·U), rounded down to whole blocks of NB: n nodes, D doubles that fit in the memory of one, U the share of it to use. One of these numbers is out of range, or the memory is too small for a single block.',
    exit: 'usage',
    status: 400,
  },
  'CPC-HPL-002': {
    title: 'The file is no input of one HPL run',
    explanation:
      'HPL.dat and hpccinf.txt are read by line numbers. For a figure that can be checked they must ask for one problem: one N (line 6), one NB (line 8) and one grid P x Q (lines 11 and 12), with a 1 in the lines that count them (5, 7 and 10).',
    exit: 'usage',
    status: 422,
  },
  'CPC-HPL-003': {
    title: 'An HPL output is too long to be read',
    explanation:
      'What a run printed is read up to a limit, because it comes from machines of others. The output of one run is some kilobytes.',
    exit: 'failed',
    status: 413,
  },
  'CPC-HPL-004': {
    title: 'An HPL run has no result',
    explanation:
      'The output has no line with time and GFLOPS. What HPL, mpirun or ssh complained about stands in the message. Most often there were fewer processes than P x Q, no memory for a matrix of order N, or a machine that could not be reached by SSH.',
    exit: 'failed',
    status: 422,
  },
  'CPC-HPL-005': {
    title: 'An HPL run did not come to its end',
    explanation:
      'There are results, but the output is cut off, or holds fewer of them than HPL says it computed. The job may have been killed, or the disk may be full.',
    exit: 'partly',
    status: 422,
  },
  'CPC-HPL-006': {
    title: 'The solution of an HPL run is not known to be right',
    explanation:
      'HPL checks its solution by the residual and prints PASSED or FAILED. A run that failed, or was never checked (threshold 0), may be as fast as it likes: it is no figure. Faulty memory, an unstable processor or a broken BLAS are the usual causes.',
    exit: 'failed',
    status: 422,
  },
  'CPC-HPL-007': {
    title: 'An HPL result is of another problem than the one that was asked',
    explanation:
      'When hpcc has fewer processes than P x Q, or cannot read its input, it chooses a problem by itself and reports PASSED. So N, NB, P and Q of a result are compared with the request. It happens when hpcc, which is linked to Open MPI, is started by the mpirun of another MPI.',
    exit: 'failed',
    status: 422,
  },
  'CPC-HPL-008': {
    title: 'An HPL output holds results of several runs',
    explanation:
      'hpcc appends to hpccoutf.txt when there is one already. Each run needs a directory of its own.',
    exit: 'failed',
    status: 422,
  },
  'CPC-HPL-009': {
    title: 'Two HPL runs cannot be compared',
    explanation:
      'What virtualization costs is told by two runs that differ in nothing else: same N, NB, P and Q, same algorithm variant, same hpcc and same BLAS library, both complete and PASSED. What differs is named.',
    exit: 'refused',
    status: 409,
  },
  'CPC-HPL-010': {
    title: 'An HPL run cannot be started in this way',
    explanation:
      'The hosts of a run must be names or IPv4 addresses, each once and with its SSH host key, and their ranks must add up to P x Q exactly. Paths must be absolute and plain.',
    exit: 'usage',
    status: 422,
  },
  'CPC-HPL-011': {
    title: 'No pair of SSH keys could be made',
    explanation:
      'The nodes of a cluster, and the hosts of a run, reach each other by SSH with a pair of keys that is made for them by ssh-keygen. The program may be missing, or the data directory full.',
    exit: 'failed',
    status: 500,
  },
  'CPC-HPL-012': {
    title: 'There are no such machines for a benchmark',
    explanation:
      'A run is over all nodes of one cluster, or over hosts named one by one. The directory knows no such cluster or host, the cluster has no node, or no host was named.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-HPL-013': {
    title: 'A machine cannot take part in a benchmark',
    explanation:
      'A host must be ready and a node must have an address on the network of its VO; all must stand on one network, and each may be named once. Otherwise the figure would be of other machines than those that were asked.',
    exit: 'refused',
    status: 409,
  },
  'CPC-HPL-014': {
    title: 'A machine of a benchmark did not do what it was asked',
    explanation:
      'The machines of a run are reached by SSH: nodes from inside the network of their VO with the key of their cluster, hosts with the key of the appliance. Either SSH did not get through in time, or the command failed there; what it said stands in the message.',
    exit: 'unreachable',
    status: 502,
  },
  'CPC-HPL-015': {
    title: 'The machines of a benchmark do not run the same program',
    explanation:
      'hpcc and the linear algebra library below it decide a figure more than the hardware does, so all machines of a run must have the same of both: /usr/bin/hpcc by its SHA-256, and the file that libblas.so.3 leads to.',
    exit: 'refused',
    status: 409,
  },
  'CPC-HPL-016': {
    title: 'Too many benchmarks are waiting',
    explanation:
      'Runs that share a machine would measure each other, so they wait for each other, and only so many may wait.',
    exit: 'refused',
    status: 429,
  },
  'CPC-HPL-017': {
    title: 'A benchmark took longer than it may',
    explanation:
      'Each run has a limit of time, after which everything that belongs to it is ended on its machines. The work grows with the third power of N; on emulated processors it is a hundred times slower.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-HPL-018': {
    title: 'The appliance was restarted during a benchmark',
    explanation:
      'Nobody watched the run to its end, so it has no figure. What is left of it on its machines ends by its own limit of time, or at the next run there.',
    exit: 'failed',
    status: 503,
  },
  'CPC-HPL-019': {
    title: 'There is no such benchmark run',
    explanation:
      'Runs are kept up to a number, the newest first; coppice hpl history lists them. A comparison wants one run on a virtual cluster and one on bare hosts.',
    exit: 'notFound',
    status: 404,
  },
  'CPC-HPL-020': {
    title: 'A benchmark vanished from its machine',
    explanation:
      'mpirun is gone and left no exit status: its machine was restarted, or somebody killed it together with the shell that waited for it.',
    exit: 'failed',
    status: 502,
  },
  'CPC-HPL-021': {
    title: 'A machine of a benchmark was restarted under it',
    explanation:
      'Each boot of a node or a host makes a new SSH host key, and the machine shows another one than the run knows. What ran there is gone. Its console, or "coppice machine timeline" for a host, tells why it went down; processors that are emulated twice do that now and then.',
    exit: 'failed',
    status: 502,
  },
} as const satisfies Record<string, FaultEntry>
