// Why this file exists: a program that raises a rack and stays, so that a test can kill it as the world kills programs.
// Arguments: the rack's name, its state directory.
import { readOptions } from '../../src/lab/options.ts'
import { planRack } from '../../src/lab/plan.ts'
import { claimRack, raiseRack } from '../../src/lab/rack.ts'

const [rack = '', state = ''] = process.argv.slice(2)
const plan = planRack(readOptions({ rack, state }))
claimRack(plan)
await raiseRack(plan, new AbortController().signal)
process.stdout.write('up\n')
process.stdin.resume()
