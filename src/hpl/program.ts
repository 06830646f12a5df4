// Why this file exists: the linear algebra library decides an HPL figure more than the hardware does, so which program was
// run, and on which library, is part of the measurement.

/** What was run. Two runs are twins only when all of it is the same. */
export interface Program {
  readonly sha256: string
  /** The file that the name of the BLAS library leads to. */
  readonly blas: string
}

export const hpccPath = '/usr/bin/hpcc'

const blasPath = '/usr/lib/x86_64-linux-gnu/libblas.so.3'

/** To be run on a machine of the run; `programFrom` reads what they print. */
export const programQuestions = {
  digest: ['sha256sum', '--', hpccPath],
  // `readlink -e` asks the same, but busybox does not know it.
  blas: ['sh', '-c', 'test -e "$1" && readlink -f -- "$1"', 'blas', blasPath],
} as const

/** `undefined` when the machine lacks hpcc or the library. */
export function programFrom(answers: {
  readonly digest: string
  readonly blas: string
}): Program | undefined {
  const sha256 = /^([0-9a-f]{64})\s/.exec(answers.digest)?.[1]
  const blas = /^(\/[!-~]{1,255})\n?$/.exec(answers.blas)?.[1]
  return sha256 === undefined || blas === undefined ? undefined : { sha256, blas }
}
