// Why this file exists: ipmi_sim runs this program to read or set its machine's power. It asks the keeper, who owns QEMU.
// Arguments: the keeper's socket, the machine, then ipmi_sim's own words, such as `get power` or `set power 1`.
import { askKeeper } from './ask.ts'

const [socket = '', machine = '', ...words] = process.argv.slice(2)

async function power(verb: string | undefined, value: string | undefined): Promise<string> {
  if (verb === 'get') return `power:${(await askKeeper(socket, 'GET', `/${machine}`)).on ? 1 : 0}\n`
  await askKeeper(socket, 'POST', `/${machine}/${value === '1' ? 'on' : 'off'}`)
  return ''
}

async function answer(): Promise<string> {
  const [verb, item, value] = words
  switch (item) {
    case 'power':
      return power(verb, value)
    case 'reset':
      await askKeeper(socket, 'POST', `/${machine}/reset`)
      return ''
    case 'shutdown':
      await askKeeper(socket, 'POST', `/${machine}/press`)
      return ''
    case 'boot': // no disk: it boots from the wire whatever it is told
      return verb === 'get' ? 'boot:pxe\n' : ''
    default:
      throw new Error(`a chassis of the rack cannot ${words.join(' ')}`)
  }
}

process.stdout.write(await answer())
