// Why this file exists: a host shows one number to get its certificate. The number is no secret, so everything
// around it must fit: the lease, the MAC, the boot, the first use. Whoever comes second waits for a person.
import { describeDoubt, type Doubt, type EntryId, type Ip4, type Mac, type Uuid } from '#directory'

export interface Claim {
  readonly number: string
  readonly machine: EntryId
  readonly mac: Mac
  readonly address: Ip4
  /** Names the boot for which it was minted. */
  readonly boot: string
  readonly uuid?: Uuid
  readonly port?: string
  readonly mintedAt: number
  readonly state: 'minted' | 'waiting' | 'granted' | 'refused'
  /** The first use: when, with which public key (SHA-256 of its SPKI, hex), from where. */
  readonly used?: { readonly at: number; readonly key: string; readonly address: Ip4 }
}

export interface ClaimUse {
  /** Where the request came from. */
  readonly address: Ip4
  /** What the kernel command line told the host; it repeats it. */
  readonly mac: Mac
  /** Which key wants the certificate. */
  readonly key: string
  readonly uuid?: Uuid
  readonly now: number
  /** The boot that we believe the machine to be in. */
  readonly boot: string
  /** A host of this name that was ready a moment ago and still answers cannot be booting. */
  readonly stillAnswers: boolean
  /** What the directory says against the machine being itself. */
  readonly doubts: readonly Doubt[]
  /** What people decided about earlier doubts of this machine. */
  readonly decisions: readonly DoubtDecision[]
}

/** Something that a person has to look at; the same evidence is asked once. */
export interface OpenDoubt {
  readonly doubt: Doubt['kind'] | 'second-use' | 'still-answers' | 'changed-uuid'
  readonly evidence: string
}

export interface DoubtDecision {
  readonly doubt: string
  readonly evidence: string
  readonly state: 'pending' | 'confirmed' | 'refused'
}

export interface Alarm {
  readonly code: 'CPC-TLS-005' | 'CPC-TLS-006' | 'CPC-TLS-007'
  readonly why: string
}

export type Judgement =
  /** Sign. `isRetry`: the same host asks again because the answer was lost. */
  | { readonly kind: 'granted'; readonly claim: Claim; readonly isRetry: boolean }
  /** The host may ask again with the same key; `doubts` are to be shown to a person. */
  | {
      readonly kind: 'waiting'
      readonly claim: Claim
      readonly doubts: readonly OpenDoubt[]
      readonly alarm: Alarm
    }
  | { readonly kind: 'refused'; readonly alarm: Alarm }

/** From the loader's script to the first stage's request; slow firmware and large images included. */
export const claimLifeMinutesMax = 30
/** How long a lost answer may be asked for again. */
export const retryMinutesMax = 10
/** How long a host that waits for a person may go on asking. */
export const waitingHoursMax = 24

const minuteMs = 60_000

export function judgeClaim(claim: Claim | undefined, use: ClaimUse): Judgement {
  if (!claim) return refuse('nobody was given this number')
  const misfit = whyNot(claim, use)
  // A number that was used already and now comes from elsewhere is a second claim, not a stray one.
  if (misfit !== undefined) return refuse(misfit, claim.used ? 'CPC-TLS-005' : 'CPC-TLS-006')
  const open = openDoubts(claim, use)
  const denied = open.find(({ state }) => state === 'refused')
  if (denied) return refuse(`a person refused it: ${denied.evidence}`)
  const undecided = open.filter(({ state }) => state !== 'confirmed')
  const used = claim.used ?? { at: use.now, key: use.key, address: use.address }
  if (undecided.length > 0) return wait({ ...claim, used }, undecided)
  // A person who confirmed a second use has decided which of the two is the host.
  const holder = isSameUser(used, use) ? used : { at: use.now, key: use.key, address: use.address }
  return {
    kind: 'granted',
    claim: { ...claim, state: 'granted', used: holder },
    isRetry: claim.state === 'granted' && holder === used,
  }
}

/** What cannot be cured by a person's word. */
function whyNot(claim: Claim, use: ClaimUse): string | undefined {
  if (claim.address !== use.address) return 'it came from another address than the lease'
  if (claim.mac !== use.mac) return `it names ${use.mac}, but was made for ${claim.mac}`
  if (claim.boot !== use.boot) return 'it is of an earlier boot of this machine'
  if (claim.state === 'refused') return 'a person refused it'
  return isTooOld(claim, use.now) ? 'it is too old' : undefined
}

/** A clock that was set back by more than the life makes a claim as worthless as one that ran out. */
function isTooOld(claim: Claim, now: number): boolean {
  const since = claim.used?.at ?? claim.mintedAt
  const lifeMs: Readonly<Record<Claim['state'], number>> = {
    minted: claimLifeMinutesMax * minuteMs,
    waiting: waitingHoursMax * 60 * minuteMs,
    granted: retryMinutesMax * minuteMs,
    refused: 0,
  }
  return Math.abs(now - since) > lifeMs[claim.state]
}

type JudgedDoubt = OpenDoubt & { readonly state: DoubtDecision['state'] | undefined }

function openDoubts(claim: Claim, use: ClaimUse): readonly JudgedDoubt[] {
  const doubts: OpenDoubt[] = use.doubts.map((doubt) => ({
    doubt: doubt.kind,
    evidence: describeDoubt(doubt),
  }))
  if (claim.used && !isSameUser(claim.used, use)) {
    doubts.push({ doubt: 'second-use', evidence: `a second key ${use.key} wants the certificate` })
  }
  if (claim.uuid !== undefined && use.uuid !== undefined && claim.uuid !== use.uuid) {
    const evidence = `it booted as ${claim.uuid} and enrols as ${use.uuid}`
    doubts.push({ doubt: 'changed-uuid', evidence })
  }
  // The host that we signed for a moment ago is this one; that it answers is no wonder.
  if (use.stillAnswers && claim.state !== 'granted') {
    doubts.push({
      doubt: 'still-answers',
      evidence: `the host answers while boot ${use.boot} enrols`,
    })
  }
  return doubts.map((doubt) => ({ ...doubt, state: decisionOn(doubt, use.decisions) }))
}

function decisionOn(
  open: OpenDoubt,
  decisions: readonly DoubtDecision[],
): DoubtDecision['state'] | undefined {
  return decisions.find(({ doubt, evidence }) => doubt === open.doubt && evidence === open.evidence)
    ?.state
}

function isSameUser(used: NonNullable<Claim['used']>, use: ClaimUse): boolean {
  return used.key === use.key && used.address === use.address
}

function wait(claim: Claim, open: readonly JudgedDoubt[]): Judgement {
  const isSecond = open.some(({ doubt }) => doubt === 'second-use')
  const why = open.map(({ evidence }) => evidence).join('; ')
  return {
    kind: 'waiting',
    // A second user does not take away what the first one was granted.
    claim: claim.state === 'granted' ? claim : { ...claim, state: 'waiting' },
    doubts: open.map(({ doubt, evidence }) => ({ doubt, evidence })),
    alarm: { code: isSecond ? 'CPC-TLS-005' : 'CPC-TLS-007', why },
  }
}

function refuse(why: string, code: Alarm['code'] = 'CPC-TLS-006'): Judgement {
  return { kind: 'refused', alarm: { code, why } }
}
