// Why this file exists: an LDAP peer may send anything; what comes out of here is a message or a refusal
// (RFC 4511; HOSTILE 21).
import {
  Asn1Error,
  type Element,
  ldapLimits,
  parseAsn1,
  type Parsed,
  type Reader,
  tags,
} from '#asn1'
import { readFilter } from './filter-ber.ts'
import {
  type Attribute,
  type Authentication,
  type Change,
  changeKinds,
  type Control,
  type LdapMessage,
  messageIdMax,
  type Operation,
  type Result,
  scopes,
  type SearchRequest,
} from './message.ts'

/** One whole message, as `frameAt` has cut it out of the stream. */
export function decodeMessage(bytes: Uint8Array): Parsed<LdapMessage> {
  return parseAsn1(bytes, ldapLimits, (outer) => {
    const reader = outer.enter()
    const id = reader.count(messageIdMax)
    const operation = readOperation(reader)
    const controls = reader.atEnd ? [] : list(reader.enter(tags.contextOf(0)), readControl)
    // RFC 4511 4: what a later version adds at the end is ignored.
    return { id, operation, controls }
  })
}

function readControl(reader: Reader): Control {
  const control = reader.enter()
  const oid = control.text()
  const critical = control.sees(tags.boolean) && control.boolean()
  return { oid, critical, ...(control.atEnd ? {} : { value: control.octets() }) }
}

function readOperation(reader: Reader): Operation {
  const element = reader.element()
  const { number } = element.tag
  if (element.tag.class !== 'application') throw unknown('no LDAP operation')
  if (!element.tag.constructed) return readSimple(element)
  const read = operations.get(number)
  if (!read) throw unknown(`the unknown LDAP operation ${number}`)
  return read(reader.into(element))
}

function readSimple({ tag, content }: Element): Operation {
  switch (tag.number) {
    case 2:
      return { kind: 'unbindRequest' }
    case 10:
      return { kind: 'deleteRequest', dn: new TextDecoder().decode(content) }
    case 16:
      return { kind: 'abandonRequest', abandons: countOf(content) }
    default:
      throw unknown(`the unknown LDAP operation ${tag.number}`)
  }
}

function countOf(content: Uint8Array): number {
  if (content.length === 0 || content.length > 4) throw unknown('a message number out of range')
  return content.reduce((sum, byte) => sum * 256 + byte, 0)
}

const operations: ReadonlyMap<number, (reader: Reader) => Operation> = new Map<
  number,
  (reader: Reader) => Operation
>([
  [0, readBind],
  [1, readBindResponse],
  [3, (reader) => ({ kind: 'searchRequest', search: readSearch(reader) })],
  [4, (reader) => ({ kind: 'searchEntry', ...readEntry(reader) })],
  [5, (reader) => ({ kind: 'searchDone', result: readResult(reader) })],
  [6, readModify],
  [7, (reader) => ({ kind: 'modifyResponse', result: readResult(reader) })],
  [8, (reader) => ({ kind: 'addRequest', ...readEntry(reader) })],
  [9, (reader) => ({ kind: 'addResponse', result: readResult(reader) })],
  [11, (reader) => ({ kind: 'deleteResponse', result: readResult(reader) })],
  [12, readRename],
  [13, (reader) => ({ kind: 'renameResponse', result: readResult(reader) })],
  [14, readCompare],
  [15, (reader) => ({ kind: 'compareResponse', result: readResult(reader) })],
  [19, (reader) => ({ kind: 'searchReference', urls: list(reader, (each) => each.text()) })],
  [23, readExtended],
  [24, readExtendedResponse],
  [25, readIntermediate],
])

function readBind(reader: Reader): Operation {
  const version = reader.count(127)
  return {
    kind: 'bindRequest',
    version,
    dn: reader.text(),
    authentication: readAuthentication(reader),
  }
}

function readAuthentication(reader: Reader): Authentication {
  if (reader.sees(tags.context(0))) {
    return { kind: 'simple', password: reader.octets(tags.context(0)) }
  }
  const sasl = reader.enter(tags.contextOf(3))
  const mechanism = sasl.text()
  return { kind: 'sasl', mechanism, ...(sasl.atEnd ? {} : { credentials: sasl.octets() }) }
}

function readBindResponse(reader: Reader): Operation {
  const result = readResult(reader)
  const credentials = optional(reader, 7)
  return { kind: 'bindResponse', result, ...(credentials ? { credentials } : {}) }
}

function readSearch(reader: Reader): SearchRequest {
  return {
    base: reader.text(),
    scope: oneOf(scopes, reader),
    deref: reader.count(3, tags.enumerated),
    sizeLimit: reader.count(messageIdMax),
    timeLimitSeconds: reader.count(messageIdMax),
    typesOnly: reader.boolean(),
    filter: readFilter(reader),
    attributes: list(reader.enter(), (each) => each.text()),
  }
}

function readEntry(reader: Reader): { dn: string; attributes: Attribute[] } {
  return { dn: reader.text(), attributes: list(reader.enter(), readAttribute) }
}

function readAttribute(reader: Reader): Attribute {
  const attribute = reader.enter()
  return {
    name: attribute.text(),
    values: list(attribute.enter(tags.set), (each) => each.octets()),
  }
}

function readModify(reader: Reader): Operation {
  return { kind: 'modifyRequest', dn: reader.text(), changes: list(reader.enter(), readChange) }
}

function readChange(reader: Reader): Change {
  const change = reader.enter()
  return { kind: oneOf(changeKinds, change), attribute: readAttribute(change) }
}

function readRename(reader: Reader): Operation {
  const dn = reader.text()
  const newRdn = reader.text()
  const deleteOldRdn = reader.boolean()
  const newParent = reader.sees(tags.context(0)) ? { newParent: reader.text(tags.context(0)) } : {}
  return { kind: 'renameRequest', dn, newRdn, deleteOldRdn, ...newParent }
}

function readCompare(reader: Reader): Operation {
  const dn = reader.text()
  const assertion = reader.enter()
  return { kind: 'compareRequest', dn, attribute: assertion.text(), value: assertion.octets() }
}

function readExtended(reader: Reader): Operation {
  const name = reader.text(tags.context(0))
  const value = optional(reader, 1)
  return { kind: 'extendedRequest', name, ...(value ? { value } : {}) }
}

function readExtendedResponse(reader: Reader): Operation {
  const result = readResult(reader)
  const name = reader.sees(tags.context(10)) ? { name: reader.text(tags.context(10)) } : {}
  const value = optional(reader, 11)
  return { kind: 'extendedResponse', result, ...name, ...(value ? { value } : {}) }
}

function readIntermediate(reader: Reader): Operation {
  const name = reader.sees(tags.context(0)) ? { name: reader.text(tags.context(0)) } : {}
  const value = optional(reader, 1)
  return { kind: 'intermediate', ...name, ...(value ? { value } : {}) }
}

function readResult(reader: Reader): Result {
  const code = reader.count(65_535, tags.enumerated)
  const matchedDn = reader.text()
  const message = reader.text()
  const referrals = reader.sees(tags.contextOf(3))
    ? list(reader.enter(tags.contextOf(3)), (each) => each.text())
    : []
  return { code, matchedDn, message, referrals }
}

function optional(reader: Reader, number: number): Uint8Array | undefined {
  const tag = tags.context(number)
  return reader.sees(tag) ? reader.octets(tag) : undefined
}

function oneOf<T>(choices: readonly T[], reader: Reader): T {
  const choice = choices[reader.count(choices.length - 1, tags.enumerated)]
  if (choice === undefined) throw unknown('a choice that does not exist')
  return choice
}

function list<T>(reader: Reader, read: (reader: Reader) => T): T[] {
  const items: T[] = []
  while (!reader.atEnd) items.push(read(reader))
  return items
}

function unknown(what: string): Asn1Error {
  return new Asn1Error({ kind: 'bad-value', what })
}
