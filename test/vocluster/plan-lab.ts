// Why this file exists: tests of plans begin with a cluster file, and end with the four lines of a refusal.
import assert from 'node:assert/strict'
import { faultLines } from '#fault'
import {
  type ClusterSpec,
  explainRefusal,
  type Plan,
  type Planned,
  readClusterFile,
} from '#vocluster'
import { label } from '../directory/samples.ts'

export const of = { vo: label('physics'), cluster: label('hpl') }

export function file(lines: string): ClusterSpec {
  const text = `version: 1\ncluster: hpl\nvo: physics\nroles:\n${lines}`
  const result = readClusterFile(text, 'hpl.yaml')
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

export const head = '  head: { image: voc-head@1, memory: 512MiB }\n'

export function compute(count: number, rest = ''): string {
  return `  compute: { image: voc-compute@1, memory: 512MiB, count: ${count}${rest} }\n`
}

export function made(planned: Planned): Plan {
  assert.ok(planned.ok, JSON.stringify(planned))
  return planned.value
}

export function ids(plan: Plan): readonly string[] {
  return plan.steps.map((step) => step.id)
}

/** The code and the reason. */
export function told(planned: Planned): string {
  assert.ok(!planned.ok, 'it was planned')
  const { code, text } = explainRefusal(planned.refusal, of)
  assert.equal(faultLines(code, text).split('\n').length, 4)
  return `${code} ${text.why}`
}
