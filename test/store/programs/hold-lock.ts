// Why this file exists: a process that holds a data directory until somebody kills it.
import { lockDataDirectory } from '#store'

const [dir = ''] = process.argv.slice(2)
using lock = lockDataDirectory(dir)
process.stdout.write(`held ${typeof lock}\n`)
await new Promise((resolve) => process.stdin.once('end', resolve).resume())
