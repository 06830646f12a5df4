// Why this file exists: a change by ldapmodify is to be on the wire with the next packet; here an ordinary LDAP tool writes,
// and an ordinary DHCP client and dig in the rack ask.
import { chmodSync, writeFileSync } from 'node:fs'
import { Fault } from '#fault'
import { ldapUrl, mustCoppice } from './appliance.ts'
import { must, run } from './command.ts'
import type { RackPlan } from './plan.ts'
import { until } from './processes.ts'
import { inNamespace, probeInterface, words } from './wiring.ts'

const changeMsMax = 5000
const spare = 'spare'

export interface LiveChange {
  readonly dnsMs: number
  readonly dhcpMs: number
}

/** Adds a spare entry, changes it under the running appliance, and measures until both services say so. */
export async function changeWhileRunning(plan: RackPlan, signal: AbortSignal): Promise<LiveChange> {
  const before = plan.network.spare
  const after = plan.network.changed
  await mustCoppice(plan, ['machine', 'add', spare, '--mac', plan.spareMac, '--ip', before], signal)
  await expectLease(plan, before)
  await must(ldapModify(plan), { input: modification(plan), signal })
  const from = performance.now()
  // The lease just taken is the question's own return path.
  const dig = digAfter(plan, before)
  await must(dig.address, { signal })
  await expect(`${spare} has the address ${after} in DNS`, async () =>
    (await run(dig.ask)).stdout.split('\n').includes(after),
  )
  const dnsMs = performance.now() - from
  await run(dig.forget)
  await expectLease(plan, after)
  return { dnsMs, dhcpMs: performance.now() - from }
}

/** A further name, and another address. */
function modification(plan: RackPlan): string {
  return [
    `dn: cn=${spare},ou=machines,${plan.base}`,
    'changetype: modify',
    'add: cn',
    `cn: ${spare}-too`,
    '-',
    'replace: ipHostNumber',
    `ipHostNumber: ${plan.network.changed}`,
    '',
  ].join('\n')
}

function ldapModify(plan: RackPlan): readonly string[] {
  const secret = `${plan.dataDir}/ldap-admin.secret`
  const admin = ['-D', `cn=admin,${plan.base}`, '-y', secret]
  return inNamespace(plan.applianceNamespace, ['ldapmodify', '-x', '-H', ldapUrl, ...admin])
}

function digAfter(
  plan: RackPlan,
  address: string,
): Record<'address' | 'ask' | 'forget', readonly string[]> {
  const { appliance, prefixBits } = plan.network
  const rack = plan.rackNamespace
  const change = (verb: string): readonly string[] =>
    words`ip -n ${rack} address ${verb} ${address}/${String(prefixBits)} dev ${probeInterface}`
  const name = `${spare}-too.${plan.domain}`
  return {
    address: change('replace'),
    ask: inNamespace(rack, words`dig @${appliance} +short +time=1 +tries=1 ${name} A`),
    forget: change('del'),
  }
}

async function expectLease(plan: RackPlan, address: string): Promise<void> {
  const report = `${plan.stateDir}/udhcpc-script`
  writeFileSync(report, '#!/bin/sh\n[ "$1" = bound ] && echo "bound $ip"\nexit 0\n')
  chmodSync(report, 0o700)
  const ask = words`busybox udhcpc -f -n -q -t 3 -T 1 -i ${probeInterface} -s ${report}`
  await expect(`DHCP gives ${plan.spareMac} the address ${address}`, async () => {
    const asked = await run(inNamespace(plan.rackNamespace, ask))
    return asked.stdout.split('\n').includes(`bound ${address}`)
  })
}

async function expect(promise: string, holds: () => Promise<boolean>): Promise<void> {
  if (await until(holds, changeMsMax)) return
  throw new Fault('CPC-LAB-011', {
    what: 'a change in the directory did not reach the wire',
    where: promise,
    why: `not so within ${changeMsMax / 1000} s`,
    todo: "look whether the entry was set aside (coppice lint), and at the appliance's log",
  })
}
