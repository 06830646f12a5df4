// Why this file exists: what stands between a format and the directory: networks and cards as a file states them, before
// anybody has asked whether they fit together.
import type { DnsName, Ip4, Mac, Route, Subnet } from '#directory'
import type { MachineFacts } from './outcome.ts'
import type { Report } from './report.ts'

export interface FoundPool {
  readonly where: string
  readonly first: Ip4
  readonly last: Ip4
}

export interface FoundNetwork {
  readonly where: string
  readonly subnet: Subnet
  /** As written. */
  readonly name?: string
  readonly gateway?: Ip4
  readonly routes?: readonly Route[]
  readonly pools: readonly FoundPool[]
  readonly leaseSeconds?: number
}

/** One card of a machine, or only names of an address. */
export interface FoundCard {
  readonly where: string
  /** As written, the best first. */
  readonly names: readonly string[]
  readonly macs: readonly Mac[]
  readonly addresses: readonly Ip4[]
  /** What the card is called within its machine. */
  readonly label?: string
  readonly facts?: MachineFacts
}

/** What the importers of all formats fill. */
export class Gathering {
  readonly report: Report
  readonly networks: FoundNetwork[] = []
  readonly cards: FoundCard[] = []
  /** Names below these are ours: `n001.cluster.test` is `n001`. */
  readonly domains = new Set<string>()

  constructor(report: Report, domains: readonly DnsName[]) {
    this.report = report
    for (const domain of domains) this.domains.add(domain)
  }

  /** A domain that a file states for its machines. */
  addDomain(text: string): boolean {
    const domain = text.trim().toLowerCase().replace(/\.$/, '')
    const isName = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/.test(domain) && domain.length <= 253
    if (isName) this.domains.add(domain)
    return isName
  }
}
