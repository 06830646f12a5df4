// Why this table exists: a simulator that never fails proves nothing. Each of these is the appliance with one mistake that
// somebody could make, and each must be found.
import { applyDeltas, type Snapshot } from '#directory'
import type { FeedMessage } from '#feed'
import { isLive, type LeaseBook, type LeaseJournal } from '#pxe'
import { bookOver } from './world/mirrored-book.ts'
import type { Variant } from './world/variant.ts'
import { bootFiles, secretContent } from './world/site.ts'

export interface Broken {
  readonly mistake: string
  readonly variant: Variant
  /** What its failure tells of. */
  readonly found: RegExp
}

/** Writes, and says so before it is done. */
function hasty(journal: LeaseJournal): LeaseJournal {
  return {
    load: () => journal.load(),
    append: (changes) => {
      journal.append(changes).catch(() => undefined)
      return Promise.resolve()
    },
  }
}

/** Each third record is not written, and nobody hears of it. */
function forgetful(journal: LeaseJournal): LeaseJournal {
  let count = 0
  return {
    load: () => journal.load(),
    append: (changes) => {
      count += 1
      return count % 3 === 0 ? Promise.resolve() : journal.append(changes)
    },
  }
}

function carefree(journal: LeaseJournal): LeaseJournal {
  return {
    load: () => journal.load(),
    append: (changes) => journal.append(changes).catch(() => undefined),
  }
}

function withoutQuarantine(book: LeaseBook): LeaseBook {
  return bookOver(book, {
    holder(address, now) {
      const lease = book.holder(address, now)
      return lease?.state === 'quarantined' ? undefined : lease
    },
  })
}

/** Who has an address is asked of what was offered alone. */
function ofOffers(book: LeaseBook): LeaseBook {
  return bookOver(book, {
    holder(address, now) {
      const lease = book.holder(address, now)
      return lease?.state === 'bound' && lease.source === 'pool' ? undefined : lease
    },
  })
}

/** The deltas of the step before come once more behind those of the next. */
function twice(): (message: FeedMessage) => readonly FeedMessage[] {
  let before: Extract<FeedMessage, { kind: 'delta' }> | undefined
  return (message) => {
    if (message.kind !== 'delta') return [message]
    const deltas = [...message.deltas, ...(before?.deltas ?? [])]
    before = message
    return [{ ...message, deltas }]
  }
}

function losingSome(): (message: FeedMessage) => readonly FeedMessage[] {
  let count = 0
  return (message) => {
    count += 1
    return message.kind === 'delta' && count % 5 === 0 ? [] : [message]
  }
}

/** What was served when the process first answered. */
function stale(): (now: Snapshot) => Snapshot {
  let first: Snapshot | undefined
  return (now) => (first ??= now)
}

/** Beside its own, a tenant sees those that the whole directory names. */
function open(view: Snapshot, whole: Snapshot): Snapshot {
  const strangers = [...whole.entries.values()].filter(({ kind }) => kind === 'machine')
  return applyDeltas(
    view,
    strangers.map((entry) => ({ kind: 'put', entry }) as const),
    view.number,
  )
}

export const broken: readonly Broken[] = [
  { mistake: 'an ACK leaves before the sync', variant: { journal: hasty }, found: /invariant 2/ },
  { mistake: 'a journal forgets records', variant: { journal: forgetful }, found: /invariant 2/ },
  {
    mistake: 'a disk that refuses is not heard',
    variant: { journal: carefree },
    found: /invariant 2/,
  },
  {
    mistake: 'a start begins with an empty book',
    variant: { restore: () => [] },
    found: /invariant 2/,
  },
  {
    mistake: 'a torn end of the journal is the end of all of it',
    variant: { restore: (found, _, isTorn) => (isTorn ? [] : found) },
    found: /invariant 2/,
  },
  {
    mistake: 'a start believes whatever the wall clock says',
    variant: { restore: (found, now) => found.filter((lease) => isLive(lease, now)) },
    found: /invariant 2/,
  },
  {
    mistake: 'a pool ignores its memory of conflicts',
    variant: { book: withoutQuarantine },
    found: /set aside|invariant 4/,
  },
  {
    mistake: 'a pool knows only of offers',
    variant: { book: ofOffers },
    found: /invariant [14]/,
  },
  { mistake: 'a delta is applied twice', variant: { feed: twice }, found: /what is served/ },
  { mistake: 'a delta is lost', variant: { feed: losingSome }, found: /serve/ },
  { mistake: 'DHCP answers from an old snapshot', variant: { shown: stale }, found: /invariant 4/ },
  { mistake: 'DNS answers from an old snapshot', variant: { zone: stale }, found: /invariant 4/ },
  {
    mistake: 'a tenant is shown the machines of the site',
    variant: { tenant: open },
    found: /invariant [45]/,
  },
  {
    mistake: 'TFTP gives what lies beside the boot files',
    variant: {
      files: {
        find: (name) =>
          name.endsWith('key.pem')
            ? { kind: 'held', name, bytes: secretContent, digest: '' }
            : bootFiles.find(name),
      },
    },
    found: /invariant 5/,
  },
]
