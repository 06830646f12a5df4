// Why this file exists: that tenants cannot reach what is not theirs is tried from inside, with root, and each refusal stands
// beside something that does get through, or it would prove nothing.
import { readFileSync } from 'node:fs'
import { inTenant } from '../appliance.ts'
import { run as runProgram } from '../command.ts'
import { markOf, signal, until } from '../processes.ts'
import { startDetached } from '../start.ts'
import type { Standing } from './bring-up.ts'
import { hostsOf } from './host-shell.ts'
import { farPair } from './inside.ts'
import {
  type Attempt,
  attempts,
  defaultRoute,
  disguises,
  type Targets,
  waysOut,
} from './isolation.table.ts'
import { insideNode } from './node-shell.ts'
import { demand } from './promise.ts'
import type { ClusterRun } from './site.ts'

const chapter = 'isolation'
const scriptMsMax = 600_000
const captureMsMax = 15_000

export async function checkIsolation(
  cluster: ClusterRun,
  own: Standing,
  other: Standing,
): Promise<void> {
  const { run } = cluster
  const targets = await targetsOf(cluster, own, other)
  const { here, neighbour } = targets
  for (const [how, way] of waysOut(targets)) {
    const rows = attempts(targets)
    const atOnce = await insideNode(run, here, triedAtOnce(rows, way), scriptMsMax)
    judge(cluster, rows, { how, said: atOnce.text })
  }
  const capture = await startCapture(cluster, own)
  const inTurn = await insideNode(run, here, triedInTurn(disguises(targets)), scriptMsMax)
  judge(cluster, disguises(targets), { how: 'in disguise', said: inTurn.text })
  await rogueServer(cluster, [here, neighbour])
  const packets = await capture.stop()
  judgePackets(cluster, targets, packets)
}

async function targetsOf({ run }: ClusterRun, own: Standing, other: Standing): Promise<Targets> {
  const [here, neighbour] = farPair(own.vcns)
  const [stranger] = other.vcns
  if (stranger === undefined) throw new TypeError('the other VO has no node')
  const { network, machines } = run.plan
  return {
    here,
    neighbour,
    stranger,
    strangerSubnet: other.vo.subnet,
    ownAppliance: applianceEnd(own.vo.subnet),
    provisioning: {
      appliance: network.appliance,
      hosts: (await hostsOf(run.plan)).map(({ address }) => address),
      spare: network.spare,
      prefixBits: network.prefixBits,
    },
    bmcs: machines.map(({ bmc }) => bmc.address),
  }
}

/** The first address of a VO's network is the appliance's. */
function applianceEnd(subnet: string): string {
  return (subnet.split('/')[0] ?? '').replace(/\.0$/, '.1')
}

const findNic =
  'for folder in /sys/class/net/*/device; do nic=${folder%/device}; nic=${nic##*/}; done'

/** All together, since most of them end by waiting in vain. */
function triedAtOnce(rows: readonly Attempt[], way: string): string {
  const lines = rows.map((row, index) => `(${row.shell}) && echo through ${index} & `)
  const [route, back] = [defaultRoute('replace', way), defaultRoute('delete', way)]
  return [findNic, `${route} || exit 1`, ...lines, 'wait', back, 'echo tried all'].join('\n')
}

function triedInTurn(rows: readonly Attempt[]): string {
  const lines = rows.map((row, index) => `(${row.shell}) && echo through ${index}`)
  return [findNic, ...lines, 'echo tried all'].join('\n')
}

interface Tried {
  readonly how: string
  readonly said: string
}

/** What got through and should, line by line; what did not, in one: there is much of it. */
function judge({ run }: ClusterRun, rows: readonly Attempt[], { how, said }: Tried): void {
  const through = new Set([...said.matchAll(/^through (\d+)$/gm)].map(([, index]) => Number(index)))
  const whole = said.includes('tried all')
  const all = `${rows.length} things were tried ${how}`
  demand(whole, { chapter, promise: all, found: said }, run)
  for (const [index, { what, isControl }] of rows.entries()) {
    if (isControl)
      demand(through.has(index), { chapter, promise: `reached: ${what}`, found: said }, run)
    else if (through.has(index))
      demand(false, { chapter, promise: `not reached: ${what}`, found: 'it got through' }, run)
  }
  const refused = rows.filter(({ isControl }) => !isControl).map(({ what }) => what)
  run.print(`  kept: not reached ${how}: ${refused.join(', ')}`)
}

const rogueConfiguration = (nic: string, range: string): string =>
  `printf 'interface ${nic}\\nstart ${range}.200\\nend ${range}.210\\nlease_file /tmp/rogue.leases\\n' >/tmp/rogue.conf`

/** A DHCP server of its own, and a neighbour that asks, by broadcast, so that everybody could hear the answers. */
async function rogueServer(
  { run }: ClusterRun,
  [here, neighbour]: readonly [Targets['here'], Targets['here']],
): Promise<void> {
  const range = here.address.split('.').slice(0, 3).join('.')
  const serve = [
    findNic,
    rogueConfiguration("'$nic'", range),
    'touch /tmp/rogue.leases',
    '(timeout 120 udhcpd -f -a 100 /tmp/rogue.conf >/tmp/rogue.log 2>&1 </dev/null &)',
    'sleep 3; cat /tmp/rogue.log',
  ].join('\n')
  const started = await insideNode(run, here, serve, scriptMsMax)
  const promise = `a DHCP server of its own runs in ${here.name}`
  demand(/started/.test(started.text), { chapter, promise, found: started.text }, run)
  const ask = [
    findNic,
    `printf '#!/bin/sh\\n[ "$1" = bound ] && echo "server $serverid"\\nexit 0\\n' >/tmp/ask; chmod 755 /tmp/ask`,
    'for turn in 1 2 3; do udhcpc -B -f -n -q -t 3 -T 2 -i $nic -s /tmp/ask 2>&1; done',
  ].join('\n')
  const asked = await insideNode(run, neighbour, ask, scriptMsMax)
  const servers = [...asked.text.matchAll(/^server (\S+)$/gm)].map(([, server]) => server)
  const heard = `${neighbour.name} was given its lease by the appliance alone`
  const fair = servers.length > 0 && !servers.includes(here.address)
  demand(fair, { chapter, promise: heard, found: asked.text }, run)
  const log = await insideNode(run, here, 'killall udhcpd; cat /tmp/rogue.log', scriptMsMax)
  const tempted = `the server in ${here.name} heard the question and did answer`
  demand(/offer/i.test(log.text), { chapter, promise: tempted, found: log.text }, run)
}

interface Capture {
  readonly stop: () => Promise<string>
}

/** On the appliance's end of the VO's network: what got out of a node and past its host. */
async function startCapture({ run }: ClusterRun, { vo }: Standing): Promise<Capture> {
  const { plan } = run
  const file = `${plan.logsDir}/vo-${vo.name}.pcap`
  const log = `${plan.logsDir}/vo-${vo.name}-tcpdump.log`
  const listen = ['/usr/bin/tcpdump', '-n', '-U', '-Z', 'root', '-i', `cvx${vo.vni}`, '-w', file]
  const { child } = startDetached(inTenant(plan, vo.vni, listen), log)
  await until(() => readFileSync(log, 'utf8').includes('listening on'), captureMsMax)
  return {
    stop: async () => {
      const mark = child.pid === undefined ? undefined : markOf(child.pid)
      if (mark !== undefined) signal(mark, 'SIGTERM')
      const read = await runProgram(['/usr/bin/tcpdump', '-n', '-e', '-t', '-r', file])
      return read.stdout
    },
  }
}

function judgePackets({ run }: ClusterRun, targets: Targets, packets: string): void {
  const { here, neighbour, ownAppliance } = targets
  const lines = packets.split('\n')
  const of = (pattern: RegExp): readonly string[] => lines.filter((line) => pattern.test(line))
  const seen = of(new RegExp(` ${here.address} > ${ownAppliance}: ICMP echo request`))
  const control = `the appliance's end hears ${here.name} when it speaks as itself`
  demand(seen.length > 0, { chapter, promise: control, found: 'no ping of it' }, run)
  const falseAddress = of(new RegExp(`^${here.mac} `, 'i')).filter((line) => {
    const sender = senderIn(line)
    return sender !== undefined && sender !== here.address && sender !== '0.0.0.0'
  })
  const addresses = 'no packet with an address that is not its own got out'
  demand(
    falseAddress.length === 0,
    { chapter, promise: addresses, found: falseAddress.join(' / ') },
    run,
  )
  const [mine, other] = [here.mac.toLowerCase(), neighbour.mac.toLowerCase()]
  const nearMine = new RegExp(`^${mine.slice(0, -2)}`)
  const falseMac = of(nearMine).filter((line) => !line.startsWith(mine) && !line.startsWith(other))
  const macs = 'no frame with a MAC that is not its own got out'
  demand(falseMac.length === 0, { chapter, promise: macs, found: falseMac.join(' / ') }, run)
  const others = of(new RegExp(`^${mine} .*ethertype (?!IPv4|ARP)`))
  const kinds = 'nothing but IPv4 and ARP got out'
  demand(others.length === 0, { chapter, promise: kinds, found: others.join(' / ') }, run)
  const offers = of(/\.67 > .*\.68: BOOTP\/DHCP, Reply/)
  const fair = offers.filter((line) => line.includes(` ${ownAppliance}.67 `))
  const answered = 'the answers of the appliance to DHCP are heard'
  demand(fair.length > 0, { chapter, promise: answered, found: 'none' }, run)
  const alone = 'and nobody else answers'
  const foul = offers.filter((line) => !fair.includes(line))
  demand(foul.length === 0, { chapter, promise: alone, found: foul.join(' / ') }, run)
}

/** Whose address stands as the sender's in a line of tcpdump; `undefined` where there is none. */
export function senderIn(line: string): string | undefined {
  const [, arp, ip] =
    /ethertype ARP.*(?: tell |Reply )((?:\d+\.){3}\d+)|ethertype IPv4.*?: ((?:\d+\.){3}\d+)(?:\.\d+)? > /.exec(
      line,
    ) ?? []
  return arp ?? ip
}
