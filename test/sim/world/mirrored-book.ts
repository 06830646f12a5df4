// Why this file exists: an answer is made again from a book that was told the same and was asked nothing, so that nothing but
// what was told can show in it.
import { createLeaseBook, type LeaseBook } from '#pxe'

export interface MirroredBook {
  /** For the process. */
  readonly book: LeaseBook
  /** For the judge. */
  readonly mirror: LeaseBook
}

export function mirroredBook(): MirroredBook {
  const [own, mirror] = [createLeaseBook(), createLeaseBook()]
  const book = bookOver(own, {
    apply(changes) {
      own.apply(changes)
      mirror.apply(changes)
    },
    sweep(now) {
      mirror.sweep(now)
      return own.sweep(now)
    },
  })
  return { book, mirror }
}

/** The same book, but for what is done otherwise. */
export function bookOver(
  book: LeaseBook,
  otherwise: Partial<Omit<LeaseBook, 'offers' | 'quarantined'>>,
): LeaseBook {
  return {
    holder: (address, now) => book.holder(address, now),
    ofMac: (mac, now) => book.ofMac(mac, now),
    declinedBy: (mac, now) => book.declinedBy(mac, now),
    crowd: (port) => book.crowd(port),
    hadBefore: (mac, now) => book.hadBefore(mac, now),
    isRemembered: (address, now) => book.isRemembered(address, now),
    get offers() {
      return book.offers
    },
    get quarantined() {
      return book.quarantined
    },
    apply: (changes) => book.apply(changes),
    sweep: (now) => book.sweep(now),
    all: () => book.all(),
    ...otherwise,
  }
}
