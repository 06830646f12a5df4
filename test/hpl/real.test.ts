// Why this file exists: our input and our launch plan are judged by the real hpcc and the real Open MPI, where they are installed.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSubnet } from '#directory'
import { figureOf, type LaunchPlan, planLaunch, type Problem } from '#hpl'
import { needs } from '../needs.ts'
import { reportOf } from './vectors.ts'

const problem: Problem = { N: 168, NB: 42, P: 1, Q: 2 }
const runSecondsMax = 60
const hasHpcc = needs('hpcc', '/usr/bin/hpcc', '/usr/bin/mpirun.openmpi')

function planIn(workDir: string): LaunchPlan {
  const network = parseSubnet('127.0.0.0/8')
  assert.ok(network !== undefined)
  const planned = planLaunch({
    problem,
    hosts: [{ address: 'localhost', ranks: 2, hostKey: `ssh-ed25519 ${'A'.repeat(68)}` }],
    network,
    workDir,
    keyFile: `${workDir}/key`,
    secondsMax: runSecondsMax,
  })
  assert.ok(planned.ok)
  for (const { path, text } of planned.value.files) writeFileSync(path, text)
  return planned.value
}

function outputOf(plan: LaunchPlan, [program, ...words]: readonly [string, ...string[]]): string {
  spawnSync(program, words, {
    cwd: plan.workDir,
    env: { ...process.env, ...plan.env },
    timeout: runSecondsMax * 1000,
  })
  return readFileSync(plan.outputFile, 'latin1')
}

test('hpcc under Open MPI solves the problem that our input asks for', hasHpcc, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-hpl-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const plan = planIn(folder)
  const figure = figureOf(reportOf(outputOf(plan, plan.argv)), problem)
  assert.ok(figure.ok, JSON.stringify(figure))
  assert.ok(figure.value.gflops > 0)
})
