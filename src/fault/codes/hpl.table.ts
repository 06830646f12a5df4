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
} as const satisfies Record<string, FaultEntry>
