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
  const book: LeaseBook = {
    holder: (address, now) => own.holder(address, now),
    ofMac: (mac, now) => own.ofMac(mac, now),
    declinedBy: (mac, now) => own.declinedBy(mac, now),
    crowd: (port) => own.crowd(port),
    hadBefore: (mac, now) => own.hadBefore(mac, now),
    isRemembered: (address, now) => own.isRemembered(address, now),
    get offers() {
      return own.offers
    },
    get quarantined() {
      return own.quarantined
    },
    apply(changes) {
      own.apply(changes)
      mirror.apply(changes)
    },
    sweep(now) {
      mirror.sweep(now)
      return own.sweep(now)
    },
    all: () => own.all(),
  }
  return { book, mirror }
}
