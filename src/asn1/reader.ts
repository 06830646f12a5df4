// Why this file exists: one cursor that walks elements in order, each read saying what it expects. Every
// surprise is an Asn1Error, and nothing is copied or allocated by a number that came from outside.
import { type Asn1Limits, type Frame, frameAt, ldapLimits } from './frame.ts'
import { Asn1Error, type Asn1Refusal, type Parsed } from './refusal.ts'
import { isTag, type Tag, tags } from './tag.ts'
import {
  badValue,
  type BitString,
  readBits,
  readBoolean,
  readInteger,
  readOid,
  readTime,
} from './value.ts'

export interface Element {
  readonly tag: Tag
  readonly content: Uint8Array
  /** Header and content as they stood: what a signature is made over. */
  readonly raw: Uint8Array
}

export class Reader {
  readonly #bytes: Uint8Array
  readonly #limits: Asn1Limits
  readonly #depth: number
  #at = 0
  /** The frame at `#at`, when somebody has looked at it. */
  #seen: Frame | undefined

  constructor(bytes: Uint8Array, limits: Asn1Limits = ldapLimits, depth = 0) {
    if (depth > limits.depthMax) fail({ kind: 'too-deep', depthMax: limits.depthMax })
    this.#bytes = bytes
    this.#limits = limits
    this.#depth = depth
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The tag of the next element; `undefined` at the end. */
  peek(): Tag | undefined {
    return this.atEnd ? undefined : this.#frame().tag
  }

  /** Whether the next element has this tag: the way to read what is OPTIONAL. */
  sees(tag: Tag): boolean {
    const next = this.peek()
    return next !== undefined && isTag(next, tag)
  }

  /** The next element, which must have the tag if one is given. */
  element(wanted?: Tag): Element {
    if (wanted && !this.sees(wanted)) {
      fail({ kind: 'unexpected-tag', wanted, found: this.peek() })
    }
    return new ElementAt(this.#bytes, this.#step())
  }

  /** Steps into a constructed element; the outer reader goes on behind it. */
  enter(tag: Tag = tags.sequence): Reader {
    return this.into(this.element(tag))
  }

  /** A reader for an element that was taken out before its tag was known. */
  into(element: Element): Reader {
    if (!element.tag.constructed) throw badValue('a simple value stands where elements belong')
    return new Reader(element.content, this.#limits, this.#depth + 1)
  }

  /** What must hold after the last expected element. */
  end(): void {
    if (!this.atEnd) fail({ kind: 'left-over', bytes: this.#bytes.length - this.#at })
  }

  octets(tag: Tag = tags.octetString): Uint8Array {
    return this.element(tag).content
  }

  #step(): Frame {
    const frame = this.#frame()
    this.#at = frame.end
    this.#seen = undefined
    return frame
  }

  /** UTF-8; a malformed sequence is refused rather than replaced. */
  text(tag: Tag = tags.octetString): string {
    return decodeText(this.element(tag).content)
  }

  integer(tag: Tag = tags.integer): bigint {
    return readInteger(this.element(tag).content, this.#limits.rules)
  }

  /** An integer that the protocol bounds: 0..max. */
  count(max: number, tag: Tag = tags.integer): number {
    const { content } = this.element(tag)
    const first = content[0] ?? 0x80
    if (content.length === 1 && first < 0x80 && first <= max) return first
    const value = readInteger(content, this.#limits.rules)
    if (value < 0n || value > BigInt(max)) throw badValue(`a number outside 0..${max}`)
    return Number(value)
  }

  boolean(tag: Tag = tags.boolean): boolean {
    return readBoolean(this.element(tag).content, this.#limits.rules)
  }

  oid(tag: Tag = tags.oid): string {
    return readOid(this.element(tag).content)
  }

  bits(tag: Tag = tags.bitString): BitString {
    return readBits(this.element(tag).content)
  }

  /** Either spelling of a time. */
  time(): Date {
    const tag = this.sees(tags.utcTime) ? tags.utcTime : tags.generalizedTime
    return readTime(this.text(tag))
  }

  nothing(tag: Tag = tags.null): void {
    if (this.element(tag).content.length > 0) throw badValue('a NULL with content')
  }

  #frame(): Frame {
    if (this.#seen) return this.#seen
    const framing = frameAt(this.#bytes, this.#at, this.#limits)
    if (framing.kind === 'refused') return fail(framing.refusal)
    if (framing.kind === 'more') return fail({ kind: 'cut-short', at: this.#at })
    this.#seen = framing
    return framing
  }
}

/** Most readers want the content alone, and each view of bytes costs as much as reading them. */
class ElementAt implements Element {
  readonly tag: Tag
  readonly #bytes: Uint8Array
  readonly #frame: Frame

  constructor(bytes: Uint8Array, frame: Frame) {
    this.tag = frame.tag
    this.#bytes = bytes
    this.#frame = frame
  }

  get content(): Uint8Array {
    return this.#bytes.subarray(this.#frame.start, this.#frame.end)
  }

  get raw(): Uint8Array {
    return this.#bytes.subarray(this.#frame.at, this.#frame.end)
  }
}

function fail(refusal: Asn1Refusal): never {
  throw new Asn1Error(refusal)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeText(content: Uint8Array): string {
  try {
    return utf8.decode(content)
  } catch {
    throw badValue('text that is not UTF-8')
  }
}

/** Runs a reading to its end and gives its outcome as a value; bytes left over are a refusal. */
export function parseAsn1<T>(
  bytes: Uint8Array,
  limits: Asn1Limits,
  read: (reader: Reader) => T,
): Parsed<T> {
  try {
    const reader = new Reader(bytes, limits)
    const value = read(reader)
    reader.end()
    return { ok: true, value }
  } catch (error) {
    if (error instanceof Asn1Error) return { ok: false, refusal: error.refusal }
    throw error
  }
}
