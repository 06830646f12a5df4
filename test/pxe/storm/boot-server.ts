// Why this file exists: TFTP and boot HTTP alone, as a program, so that a crowd of clients or a peer's client can be set
// upon them in a network of their own: `bin/node-26 test/pxe/storm/boot-server.ts INTERFACE ADDRESS FOLDER`.
import { boundTcpDescriptor } from '#net'
import { BootHttpServer, HeldFiles } from '#pxe'
import { openTftpAt } from '../../../src/wire/tftp.ts'

const [, , interfaceName = '', address = '', folder = ''] = process.argv
const now = (): number => Math.trunc(performance.now())
const wall = (): number => Date.now()
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const files = await HeldFiles.open({
  roots: [{ folder, prefix: '' }],
  now,
  onFault: (fault) => say(fault.message),
})
const outcomes = new Map<string, number>()
const onTransfer = ({ protocol, outcome }: { protocol: string; outcome: string }): void => {
  const key = `${protocol} ${outcome}`
  outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
}
await openTftpAt({ interfaceName, address }, { files, clock: { now, wall }, onTransfer })
const http = new BootHttpServer({
  files,
  routes: {},
  onTransfer,
  onError: (error) => say(String(error)),
  clock: { now, wall },
})
await http.listen({ fd: boundTcpDescriptor({ interfaceName, address, port: 80 }) })
say('ready')
process.once('SIGTERM', () => {
  say(JSON.stringify(Object.fromEntries(outcomes)))
  process.exit()
})
