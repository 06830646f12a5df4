// Why this file exists: what our loader would be told to boot now, by the very function that answers it, as if the machine
// held the address that it would be offered; and where the files are of which that script speaks.
import type { Ip4, Mac, Uuid } from '#directory'
import type { Fact } from '#feed'
import { answerBoot, type BootAnswer, type BootWorld } from '../boot/answer-boot.ts'
import { explainBootRule } from '../boot/boot-rule.table.ts'
import type { BootDecision } from '../boot/decision.ts'
import { readKernelParameters } from '../boot/kernel-parameter.ts'
import type { BootFiles } from '../files/boot-files.ts'
import type { LeaseView } from '../lease/book.ts'
import { circuitPort, type Lease } from '../lease/lease.ts'
import { fileFact } from './file.ts'

export interface ScriptAsking {
  readonly mac: Mac
  readonly address: Ip4
  /** As it last showed itself. */
  readonly uuid?: Uuid
  readonly port?: string
}

/** Every boot has a number of its own; nobody gets one by asking here. */
const noClaim = 'made-anew-at-each-boot'

export function explainScript(
  asking: ScriptAsking,
  world: BootWorld,
  files: BootFiles,
): readonly Fact[] {
  const { mac, address, uuid } = asking
  const leases = withLease(asking, world)
  const request = { mac, ...(uuid && { uuid }), platform: 'efi', round: 0 } as const
  const answer = answerBoot({ request, from: address, claim: noClaim }, { ...world, leases })
  if (answer.kind === 'refused')
    return [{ topic: 'script', text: 'none', why: answer.why, rule: 'refused' }]
  return [decisionFact(answer), ...sourceFacts(answer.decision, world, files)]
}

/** By the time that its loader asks, it holds what it was offered. */
function withLease({ mac, address, port }: ScriptAsking, world: BootWorld): LeaseView {
  const { leases, now } = world
  const held = leases.holder(address, now)
  const own = held?.mac === mac ? held : undefined
  const lease: Lease = {
    address,
    mac,
    source: 'directory',
    port: port === undefined ? 'interface' : circuitPort(port),
    since: now,
    seconds: 1,
    ...own,
    state: 'bound',
  }
  return {
    ofMac: leases.ofMac.bind(leases),
    declinedBy: leases.declinedBy.bind(leases),
    crowd: leases.crowd.bind(leases),
    offers: leases.offers,
    quarantined: leases.quarantined,
    holder: (one, at) => (one === address ? lease : leases.holder(one, at)),
  }
}

function decisionFact({ decision }: Extract<BootAnswer, { kind: 'script' }>): Fact {
  const { kind } = decision
  const { rule, operands } = decision.why
  const why = explainBootRule(decision.why)
  const entry = 'machine' in decision ? { entry: decision.machine.dn } : {}
  const values = { boots: kind }
  return { topic: 'script', text: saying[kind], why, rule, operands, ...entry, values }
}

const saying = {
  'kvm-host': 'boots the host image, and becomes a KVM host',
  rescue: 'boots the rescue system',
  disk: 'boots its own disk',
  wait: 'waits until somebody gives it a name, and asks again and again',
  withheld: 'waits until a person decides, and asks again and again',
} as const satisfies Record<BootDecision['kind'], string>

function sourceFacts(
  decision: BootDecision,
  { place }: BootWorld,
  files: BootFiles,
): readonly Fact[] {
  if (decision.kind !== 'kvm-host' && decision.kind !== 'rescue') return []
  const values = decision.kind === 'kvm-host' ? decision.machine.bootParameters : []
  const { taken, refused } = readKernelParameters(values)
  const { dn } = decision.machine
  return [
    fileFact('kernel', place.kernelPath, files),
    fileFact('initrd', place.initrdPath, files),
    ...(taken.length === 0
      ? []
      : [{ topic: 'script', text: `parameters ${taken.join(' ')}`, entry: dn } as const]),
    ...refused.map((word) => {
      const text = `bootParameter left out: ${word}`
      return { topic: 'hint', text, why: 'it is reserved, or no plain word', entry: dn } as const
    }),
  ]
}
