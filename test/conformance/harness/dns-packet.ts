// Why this file exists: DNS messages by code that shares nothing with the server's: written as told, read strictly.
export const types = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  AXFR: 252,
  ANY: 255,
} as const
export type TypeName = keyof typeof types

export interface Question {
  readonly id?: number
  readonly type?: TypeName | number
  readonly class?: number
  /** The second 16 bits of the header; recursion desired, when absent. */
  readonly flags?: number
  readonly edns?: Edns
}

export interface Edns {
  readonly size: number
  readonly version?: number
  readonly dnssecOk?: boolean
  readonly options?: Uint8Array
}

export interface DnsRecord {
  /** As it was written; names are compared without regard to case by whoever asks. */
  readonly name: string
  readonly type: number
  readonly class: number
  readonly ttl: number
  readonly data: Uint8Array
  /** An address, a name, or the two names of SOA. */
  readonly text: string
}

export interface DnsMessage {
  readonly id: number
  readonly isResponse: boolean
  readonly opcode: number
  readonly authoritative: boolean
  readonly truncated: boolean
  readonly recursionDesired: boolean
  readonly recursionAvailable: boolean
  readonly zero: number
  /** With the upper bits of OPT, where there is one. */
  readonly code: number
  readonly questions: readonly {
    readonly name: string
    readonly type: number
    readonly class: number
  }[]
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
  readonly edns?: { readonly size: number; readonly version: number; readonly dnssecOk: boolean }
  readonly length: number
}

export function nameBytes(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.')
  const parts = labels.map((label) =>
    Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]),
  )
  return Buffer.concat([...parts, Buffer.of(0)])
}

export function words(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >>> 8, value & 255]))
}

export function query(name: string, question: Question = {}): Buffer {
  const { id = 1, type = 'A', flags = 0x0100, edns } = question
  const number = typeof type === 'number' ? type : types[type]
  const head = words(id, flags, 1, 0, 0, edns ? 1 : 0)
  const asked = [nameBytes(name), words(number, question.class ?? 1)]
  return Buffer.concat([head, ...asked, ...(edns ? [optRecord(edns)] : [])])
}

export function optRecord({ size, version = 0, dnssecOk = false, options }: Edns): Buffer {
  const data = options ?? new Uint8Array(0)
  const fixed = words(types.OPT, size, version, dnssecOk ? 0x8000 : 0, data.length)
  return Buffer.concat([Buffer.of(0), fixed, data])
}

export function readDnsMessage(bytes: Uint8Array): DnsMessage {
  const reader = new Reader(bytes)
  const [id, flags, ...counts] = [0, 0, 0, 0, 0, 0].map(() => reader.word())
  const [questionCount = 0, answerCount = 0, authorityCount = 0, additionalCount = 0] = counts
  const questions = many(questionCount, () => ({
    name: reader.name(),
    type: reader.word(),
    class: reader.word(),
  }))
  const records = (count: number): DnsRecord[] => many(count, () => reader.record())
  const [answers, authority, additional] = [
    records(answerCount),
    records(authorityCount),
    records(additionalCount),
  ]
  if (reader.at !== bytes.length) throw new Error('octets behind the last record')
  const opt = additional.find(({ type }) => type === types.OPT)
  const bits = flags ?? 0
  return {
    id: id ?? 0,
    isResponse: (bits & 0x8000) !== 0,
    opcode: (bits >>> 11) & 15,
    authoritative: (bits & 0x0400) !== 0,
    truncated: (bits & 0x0200) !== 0,
    recursionDesired: (bits & 0x0100) !== 0,
    recursionAvailable: (bits & 0x0080) !== 0,
    zero: bits & 0x0040,
    code: (bits & 15) | (opt ? (opt.ttl >>> 24) << 4 : 0),
    questions,
    answers,
    authority,
    additional,
    ...(opt && {
      edns: {
        size: opt.class,
        version: (opt.ttl >>> 16) & 255,
        dnssecOk: (opt.ttl & 0x8000) !== 0,
      },
    }),
    length: bytes.length,
  }
}

function many<T>(count: number, one: () => T): T[] {
  return Array.from({ length: count }, one)
}

const labelsMax = 127

class Reader {
  readonly #bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  octet(): number {
    const octet = this.#bytes[this.at]
    if (octet === undefined) throw new Error('the message is cut short')
    this.at += 1
    return octet
  }

  word(): number {
    return this.octet() * 256 + this.octet()
  }

  name(): string {
    const labels: string[] = []
    let back: number | undefined
    for (;;) {
      const length = this.octet()
      if (length === 0) break
      if (length >= 0xc0) {
        const target = (length & 0x3f) * 256 + this.octet()
        if (target >= this.at - 2) throw new Error('a pointer that does not point back')
        back ??= this.at
        this.at = target
        continue
      }
      // RFC 1035 §2.3.4: 255 octets; a pointer into its own name would never end.
      if (labels.length >= labelsMax) throw new Error('a name without an end')
      labels.push(Buffer.from(many(length, () => this.octet())).toString('latin1'))
    }
    if (back !== undefined) this.at = back
    return labels.join('.')
  }

  record(): DnsRecord {
    const name = this.name()
    const [type, className, high, low, length] = many(5, () => this.word())
    const start = this.at
    const text = this.#text(type ?? 0, length ?? 0)
    this.at = start + (length ?? 0)
    const data = this.#bytes.slice(start, this.at)
    if (this.at > this.#bytes.length) throw new Error('a record is cut short')
    const ttl = (high ?? 0) * 65_536 + (low ?? 0)
    return { name, type: type ?? 0, class: className ?? 0, ttl, data, text }
  }

  #text(type: number, length: number): string {
    if (type === types.A) return many(length, () => this.octet()).join('.')
    if (type === types.NS || type === types.PTR || type === types.CNAME) return this.name()
    return type === types.SOA ? `${this.name()} ${this.name()}` : ''
  }
}
