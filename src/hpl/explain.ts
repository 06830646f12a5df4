// Why this file exists: the room refuses with facts; whoever meets a refusal at a face gets it as four lines with a code.
import { Fault } from '#fault'
import type { CompareRefusal } from './compare.ts'
import type { FigureRefusal } from './figure.ts'
import type { InputRefusal } from './input.ts'
import type { LaunchRefusal } from './launch.ts'
import type { HplResult, OutputRefusal } from './output.ts'
import { type Difference, type OutOfRange, problemText } from './problem.ts'
import type { SizeRefusal } from './size.ts'

export type HplRefusal =
  | SizeRefusal
  | InputRefusal
  | OutputRefusal
  | FigureRefusal
  | CompareRefusal
  | LaunchRefusal

/** `where`: the file, command or run that the refusal is about. */
export function explainRefusal(refusal: HplRefusal, where: string): Fault {
  switch (refusal.kind) {
    case 'out-of-range':
    case 'share-unfit':
    case 'memory-too-small':
      return sizeFault(refusal, where)
    case 'input-line':
    case 'input-too-long':
      return inputFault(refusal, where)
    case 'output-too-long':
    case 'too-many-results':
      return tooLong(refusal, where)
    case 'no-result':
    case 'incomplete':
    case 'check-failed':
    case 'unchecked':
    case 'own-choice':
    case 'other-problem':
    case 'several-results':
      return figureFault(refusal, where)
    case 'not-twins':
    case 'no-figure':
      return compareFault(refusal, where)
    case 'host-unfit':
    case 'path-unfit':
    case 'ranks-unfit':
      return launchFault(refusal, where)
  }
}

function sizeFault(refusal: SizeRefusal, where: string): Fault {
  return new Fault('CPC-HPL-001', {
    what: 'these numbers make no HPL run',
    where,
    why: sizeReason(refusal),
    todo: 'correct the number, for example: coppice hpl size --nodes 14 --memory 4GiB',
  })
}

function sizeReason(refusal: SizeRefusal | OutOfRange): string {
  switch (refusal.kind) {
    case 'out-of-range':
      return `${refusal.field} is ${refusal.given}, not a whole number from ${refusal.least} to ${refusal.most}`
    case 'share-unfit':
      return `the share of memory to use is ${refusal.given}, not above 0 and at most 1`
    case 'memory-too-small':
      return `the memory holds a matrix of order ${refusal.order}, which is less than one block of ${refusal.NB}`
  }
}

function inputFault(refusal: Exclude<InputRefusal, OutOfRange>, where: string): Fault {
  const isLine = refusal.kind === 'input-line'
  return new Fault('CPC-HPL-002', {
    what: 'this is no input of one HPL run',
    where: isLine ? `${where}:${refusal.line}` : where,
    why: isLine
      ? `this line must begin with ${refusal.expected}`
      : `it is longer than ${refusal.charsMax} characters`,
    todo: 'give the hpccinf.txt or HPL.dat of the run, with one N, one NB and one grid',
  })
}

function tooLong(refusal: OutputRefusal, where: string): Fault {
  return new Fault('CPC-HPL-003', {
    what: 'the output is too long to be read',
    where,
    why:
      refusal.kind === 'output-too-long'
        ? `it has more than ${refusal.charsMax} characters`
        : `it has more than ${refusal.resultsMax} results`,
    todo: 'give the output of a single run',
  })
}

function figureFault(refusal: FigureRefusal, where: string): Fault {
  switch (refusal.kind) {
    case 'no-result':
      return new Fault('CPC-HPL-004', {
        what: 'the run has no result',
        where,
        why: complaintsText(refusal.messages, 'the output holds no line of a result'),
        todo: 'give at least P x Q processes, started by mpirun.openmpi, and enough memory for N',
      })
    case 'incomplete':
      return new Fault('CPC-HPL-005', {
        what: 'the run did not come to its end',
        where,
        why: complaintsText(refusal.messages, `the output ends after ${refusal.results} results`),
        todo: 'look whether the run was killed or its disk is full, and repeat it',
      })
    case 'check-failed':
    case 'unchecked':
      return new Fault('CPC-HPL-006', {
        what: 'the solution is not known to be right, so its speed is no figure',
        where,
        why: checkReason(refusal),
        todo: 'repeat the run; if it fails again, suspect memory, processor or BLAS of a machine',
      })
    case 'own-choice':
    case 'other-problem':
      return new Fault('CPC-HPL-007', {
        what: 'the result is of another problem than the one that was asked',
        where,
        why:
          refusal.kind === 'own-choice'
            ? `HPL complained, and computed something all the same: ${refusal.complaint}`
            : complaintsText(
                refusal.messages,
                differencesText(refusal.differences, 'asked', 'got'),
              ),
        todo: 'start it by mpirun.openmpi with P x Q ranks; hpcc without enough of them chooses a problem itself',
      })
    case 'several-results':
      return new Fault('CPC-HPL-008', {
        what: 'nobody can tell which result is that of this run',
        where,
        why: `the output holds ${refusal.results} results; hpcc appends to the file of an earlier run`,
        todo: 'run it in a new, empty directory',
      })
  }
}

function checkReason({
  kind,
  result,
}: {
  readonly kind: 'check-failed' | 'unchecked'
  readonly result: HplResult
}): string {
  const { residual } = result
  const which = `${result.variant} ${problemText(result)}`
  if (kind === 'unchecked') return `${which} was never checked`
  return `${which} failed HPL's check, with a residual of ${residual ?? 'no number'}`
}

function compareFault(refusal: CompareRefusal, where: string): Fault {
  return new Fault('CPC-HPL-009', {
    what: 'the two runs cannot be compared',
    where,
    why:
      refusal.kind === 'not-twins'
        ? differencesText(refusal.differences, 'virtual', 'physical')
        : `the ${refusal.side} run has no valid figure (${refusal.verdict})`,
    todo: 'run both with the same N, NB, P x Q, hpcc and BLAS, each to its end',
  })
}

function launchFault(refusal: Exclude<LaunchRefusal, OutOfRange>, where: string): Fault {
  return new Fault('CPC-HPL-010', {
    what: 'the run cannot be started in this way',
    where,
    why: launchReason(refusal),
    todo: 'choose hosts whose ranks together are exactly P x Q, each listed once',
  })
}

function launchReason(refusal: Exclude<LaunchRefusal, OutOfRange>): string {
  switch (refusal.kind) {
    case 'host-unfit':
      return `host ${JSON.stringify(refusal.address)}: ${refusal.why}`
    case 'path-unfit':
      return `the path ${JSON.stringify(refusal.path)} is not absolute, or has unusual characters`
    case 'ranks-unfit':
      return `the hosts have ${refusal.ranks} ranks, and the grid wants ${refusal.grid}`
  }
}

function differencesText(differences: readonly Difference[], one: string, other: string): string {
  return differences
    .map((each) => `${each.what}: ${one} ${each.one}, ${other} ${each.other}`)
    .join('; ')
}

function complaintsText(messages: readonly string[], otherwise: string): string {
  return [otherwise, ...messages].join('; ')
}
