// Why this file exists: hpcc reads its problem from hpccinf.txt by line numbers and forgives nothing, or rather forgives
// silently and solves a problem of its own; so the file is written whole, here, and can be read back to be compared.
import { type OutOfRange, type Problem, unfitField } from './problem.ts'

export type InputRefusal =
  | OutOfRange
  | { readonly kind: 'input-line'; readonly line: number; readonly expected: string }
  | { readonly kind: 'input-too-long'; readonly charsMax: number }

export type ParsedInput =
  | { readonly ok: true; readonly value: Problem }
  | { readonly ok: false; readonly refusal: InputRefusal }

export type WrittenInput =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly refusal: OutOfRange }

const inputCharsMax = 65_536
const valueColumns = 13
/** The residual that counts as a correct solution: the value that HPL ships with. */
const residualMax = '16.0'
const pmapRowMajor = '0'

/** One problem, HPL's usual variant: both twins of a comparison run the same. */
export function inputText(problem: Problem): WrittenInput {
  const unfit = unfitField(problem)
  if (unfit !== undefined) return { ok: false, refusal: unfit }
  return { ok: true, value: `${[...hplLines(problem), ...ptransLines].join('\n')}\n` }
}

function hplLines({ N, NB, P, Q }: Problem): readonly string[] {
  return [
    'HPLinpack benchmark input file',
    'Innovative Computing Laboratory, University of Tennessee',
    line('HPL.out', 'output file name (if any)'),
    line('8', 'device out (6=stdout,7=stderr,file)'),
    line('1', '# of problems sizes (N)'),
    line(N, 'Ns'),
    line('1', '# of NBs'),
    line(NB, 'NBs'),
    line(pmapRowMajor, 'PMAP process mapping (0=Row-,1=Column-major)'),
    line('1', '# of process grids (P x Q)'),
    line(P, 'Ps'),
    line(Q, 'Qs'),
    line(residualMax, 'threshold'),
    line('1', '# of panel fact'),
    line('2', 'PFACTs (0=left, 1=Crout, 2=Right)'),
    line('1', '# of recursive stopping criterium'),
    line('4', 'NBMINs (>= 1)'),
    line('1', '# of panels in recursion'),
    line('2', 'NDIVs'),
    line('1', '# of recursive panel fact.'),
    line('1', 'RFACTs (0=left, 1=Crout, 2=Right)'),
    line('1', '# of broadcast'),
    line('1', 'BCASTs (0=1rg,1=1rM,2=2rg,3=2rM,4=Lng,5=LnM)'),
    line('1', '# of lookahead depth'),
    line('1', 'DEPTHs (>=0)'),
    line('2', 'SWAP (0=bin-exch,1=long,2=mix)'),
    line('64', 'swapping threshold'),
    line('0', 'L1 in (0=transposed,1=no-transposed) form'),
    line('0', 'U  in (0=transposed,1=no-transposed) form'),
    line('1', 'Equilibration (0=no,1=yes)'),
    line('8', 'memory alignment in double (> 0)'),
  ]
}

/** What hpcc reads beyond HPL.dat: nothing more for its matrix transposition than HPL's own problem. */
const ptransLines: readonly string[] = [
  '##### This line (no. 32) is ignored (it serves as a separator). ######',
  line('0', 'Number of additional problem sizes for PTRANS'),
  line('0', 'values of N'),
  line('0', 'number of additional blocking sizes for PTRANS'),
  line('0', 'values of NB'),
]

function line(value: string | number, meaning: string): string {
  return `${String(value).padEnd(valueColumns)}${meaning}`
}

/** Where HPL.dat holds what we ask back; lines are counted from one, as HPL's own documentation does. */
const places = {
  sizes: { line: 5, expected: '1 as the number of problem sizes' },
  N: { line: 6, expected: 'one problem size N' },
  blockings: { line: 7, expected: '1 as the number of block sizes' },
  NB: { line: 8, expected: 'one block size NB' },
  grids: { line: 10, expected: '1 as the number of process grids' },
  P: { line: 11, expected: 'one number of process rows P' },
  Q: { line: 12, expected: 'one number of process columns Q' },
} as const

/** Reads an HPL.dat or hpccinf.txt that asks for one run; one that asks for several is refused. */
export function parseInput(text: string): ParsedInput {
  if (text.length > inputCharsMax) {
    return { ok: false, refusal: { kind: 'input-too-long', charsMax: inputCharsMax } }
  }
  const lines = text.split('\n')
  const numberAt = ({ line: at }: { readonly line: number }): number =>
    Number(/^\s*(\d{1,12})(?=\s|$)/.exec(lines[at - 1] ?? '')?.[1] ?? Number.NaN)
  for (const place of [places.sizes, places.blockings, places.grids]) {
    if (numberAt(place) !== 1) return { ok: false, refusal: { kind: 'input-line', ...place } }
  }
  for (const place of [places.N, places.NB, places.P, places.Q]) {
    if (!(numberAt(place) > 0)) return { ok: false, refusal: { kind: 'input-line', ...place } }
  }
  const problem = {
    N: numberAt(places.N),
    NB: numberAt(places.NB),
    P: numberAt(places.P),
    Q: numberAt(places.Q),
  }
  const unfit = unfitField(problem)
  return unfit === undefined ? { ok: true, value: problem } : { ok: false, refusal: unfit }
}
