// Why this file exists: asks DNS and DHCP without a pause until both are right, and prints the clock of each first right
// answer. It begins before the server does. Who never answers is shown by the deadline, not left out.
import { setTimeout as pause } from 'node:timers/promises'
import { DhcpAsker } from './ask-dhcp.ts'
import { DnsAsker } from './ask-dns.ts'

const [server = '', relay = '', name = '', mac = '', wanted = ''] = process.argv.slice(2)
const millisMax = 20_000
/** What nobody hears is asked again so soon: a longer wait would be part of the figure. */
const answerMillisMax = 10
const pauseMillis = 2

async function firstRight(ask: () => Promise<string | undefined>): Promise<number> {
  const deadline = Date.now() + millisMax
  while ((await ask()) !== wanted && Date.now() < deadline) await pause(pauseMillis)
  return Date.now()
}

using dns = await DnsAsker.open(server)
using dhcp = await DhcpAsker.open(server, relay)
for (const asker of [dns, dhcp]) asker.answerMillisMax = answerMillisMax
const answered = await Promise.all([
  firstRight(() => dns.ask(name)),
  firstRight(() => dhcp.ask(mac)),
])
process.stdout.write(`${answered.join(' ')}\n`)
