// Door of the room: benchmark runs with HPL: sizing, input, launch, result, comparison. Pure.
export { type AskedRun, type Chosen, chooseRun, type ChosenRun, unfitAsked } from './choose.ts'
export {
  compareRuns,
  type Compared,
  type Comparison,
  comparisonLines,
  type CompareRefusal,
  emulatedLabel,
  type MeasuredRun,
} from './compare.ts'
export { explainRefusal, type HplRefusal } from './explain.ts'
export { type Figure, figureOf, type FigureRefusal, troubleWith } from './figure.ts'
export {
  type InputRefusal,
  inputText,
  type ParsedInput,
  parseInput,
  type WrittenInput,
} from './input.ts'
export { authorizedKeyLine, keyPairArgv } from './keys.ts'
export {
  type LaunchHost,
  type LaunchOrder,
  type LaunchPlan,
  type LaunchRefusal,
  type PlannedFile,
  type PlannedLaunch,
  planLaunch,
} from './launch.ts'
export { type NodeFacts, nodeQuestion, readNodeFacts } from './node.ts'
export {
  type HplReport,
  type HplResult,
  outputCharsMax,
  type OutputRefusal,
  type ReadOutput,
  readOutput,
  type Verdict,
} from './output.ts'
export { type Difference, outOfRange, type Problem, problemText } from './problem.ts'
export { hpccPath, type Program, programFrom, programQuestions } from './program.ts'
export { sizeDefaults, type Sized, type SizeRefusal, type SizeRequest, sizeRun } from './size.ts'
