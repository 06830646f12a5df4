// Why this file exists: a node must know its name, resolve its neighbours forward and backward and reach them on another
// host; all of it is tried from inside.
import { demand } from './promise.ts'
import type { Standing } from './bring-up.ts'
import { type Inside, insideNode } from './node-shell.ts'
import { mustCoppice } from '../appliance.ts'
import type { ClusterRun } from './site.ts'
import type { SeenVcn } from './views.ts'

const chapter = 'inside a node'
const scriptMsMax = 180_000
const shownLinesMax = 12

/** Two nodes that are on different hosts where there are two. */
export function farPair(vcns: readonly SeenVcn[]): readonly [SeenVcn, SeenVcn] {
  const [first] = vcns
  const second = vcns.find(({ host }) => host !== first?.host) ?? vcns[1]
  if (first === undefined || second === undefined) throw new TypeError('a cluster of one node')
  return [first, second]
}

export async function checkInside(cluster: ClusterRun, standing: Standing): Promise<void> {
  const [here, there] = farPair(standing.vcns)
  const said = await insideNode(cluster.run, here, questions(here, there), scriptMsMax)
  for (const [promise, pattern] of answers(here, there))
    demand(pattern.test(said.text), { chapter, promise, found: said.text }, cluster.run)
  await showConsole(cluster, there)
}

function questions(here: SeenVcn, there: SeenVcn): string {
  return [
    'echo "name $(hostname)"',
    'sed "s/^/resolver /" /etc/resolv.conf',
    'for nic in /sys/class/net/*/device; do echo "mtu $(cat "${nic%/device}/mtu")"; done',
    'ip -4 address show | sed -n "s/^ *inet /address /p"',
    `nslookup ${there.fqdn} | sed "s/^/forward /"`,
    `nslookup ${here.address} | sed "s/^/backward /"`,
    `ping -c 3 -W 5 ${there.name} | sed "s/^/ping /"`,
  ].join('\n')
}

function answers(here: SeenVcn, there: SeenVcn): readonly (readonly [string, RegExp])[] {
  return [
    [`${here.name} has learned its name`, new RegExp(`^name ${here.name}$`, 'm')],
    [
      `it looks for names in its cluster and asks the appliance`,
      /^resolver search .*\n(resolver .*\n)*resolver nameserver /m,
    ],
    ['its MTU leaves room for the tunnel', /^mtu 1450$/m],
    ['it has the address of its entry', new RegExp(`^address ${dotted(here.address)}/`, 'm')],
    [`it resolves ${there.fqdn}`, new RegExp(`^forward Address.*${dotted(there.address)}`, 'm')],
    [
      `it resolves its own address backward`,
      new RegExp(`^backward .*name = ${dotted(here.fqdn)}`, 'm'),
    ],
    [
      `it reaches ${there.name} on ${there.host} by name, from ${here.host}`,
      /^ping .*[1-9]\d* packets received/m,
    ],
  ]
}

function dotted(text: string): string {
  return text.replaceAll('.', String.raw`\.`)
}

const consoleSeconds = 5

/** The command itself, as a person without a terminal has it. */
async function showConsole({ run }: ClusterRun, vcn: SeenVcn): Promise<void> {
  const words = ['vcn', 'console', vcn.fullName, '--seconds', String(consoleSeconds)]
  run.print(`$ coppice ${words.join(' ')}`)
  await mustCoppice(run.plan, words, run.signal)
  const { text }: Inside = await insideNode(run, vcn, 'uname -srm; uptime; free', scriptMsMax)
  for (const line of text.split('\n').slice(0, shownLinesMax)) run.print(`  ${line}`)
}
