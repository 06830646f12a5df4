// Why this file exists: ipmi_sim runs this program to set its machine's power. It asks the keeper, who owns QEMU.
// Arguments: the keeper's socket, the machine, then ipmi_sim's own words, such as `set power 1`.
import { askKeeper } from './ask.ts'

const [socket = '', machine = '', ...words] = process.argv.slice(2)

function orderFor([verb, item, value]: readonly string[]): string | undefined {
  if (verb !== 'set') return undefined
  if (item === 'power') return value === '1' ? 'on' : 'off'
  if (item === 'reset') return 'reset'
  return item === 'shutdown' ? 'press' : undefined
}

const order = orderFor(words)
// The boot device, identify lamps and the like: taken, and without effect on a machine that has neither.
if (order !== undefined) await askKeeper(socket, 'POST', `/${machine}/${order}`)
