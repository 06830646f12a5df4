// Why this file exists: every LDAP message that we, or a peer under test, can say, as bytes (RFC 4511).
import { der, type Tag, tags } from '#asn1'
import { writeFilter } from './filter-ber.ts'
import {
  type Attribute,
  type Change,
  changeKinds,
  type Control,
  type LdapMessage,
  type Operation,
  type Result,
  scopes,
  type SearchRequest,
} from './message.ts'

export function encodeMessage(message: LdapMessage): Uint8Array {
  return der.sequence([
    der.integer(message.id),
    encodeOperation(message.operation),
    ...(message.controls.length === 0
      ? []
      : [der.sequence(message.controls.map(encodeControl), tags.contextOf(0))]),
  ])
}

function encodeControl(control: Control): Uint8Array {
  return der.sequence([
    der.text(control.oid),
    ...(control.critical ? [der.boolean(true)] : []),
    ...optional(control.value),
  ])
}

function encodeOperation(operation: Operation): Uint8Array {
  switch (operation.kind) {
    case 'bindRequest':
      return application(0, [
        der.integer(operation.version),
        der.text(operation.dn),
        encodeAuthentication(operation),
      ])
    case 'unbindRequest':
      return der.null(tags.application(2))
    case 'searchRequest':
      return encodeSearch(operation.search)
    case 'modifyRequest':
      return application(6, [
        der.text(operation.dn),
        der.sequence(operation.changes.map(encodeChange)),
      ])
    case 'addRequest':
      return encodeEntry(8, operation)
    case 'deleteRequest':
      return der.text(operation.dn, tags.application(10))
    case 'renameRequest':
      return application(12, [
        der.text(operation.dn),
        der.text(operation.newRdn),
        der.boolean(operation.deleteOldRdn),
        ...(operation.newParent === undefined
          ? []
          : [der.text(operation.newParent, tags.context(0))]),
      ])
    case 'compareRequest':
      return application(14, [
        der.text(operation.dn),
        der.sequence([der.text(operation.attribute), der.octets(operation.value)]),
      ])
    case 'abandonRequest':
      return der.integer(operation.abandons, tags.application(16))
    case 'extendedRequest':
      return application(23, [
        der.text(operation.name, tags.context(0)),
        ...optional(operation.value, tags.context(1)),
      ])
    default:
      return encodeAnswer(operation)
  }
}

type Request = Extract<Operation, { kind: `${string}Request` }>
type Answer = Exclude<Operation, Request>

function encodeAnswer(operation: Answer): Uint8Array {
  switch (operation.kind) {
    case 'bindResponse': {
      const credentials = optional(operation.credentials, tags.context(7))
      return application(1, [...resultParts(operation.result), ...credentials])
    }
    case 'searchEntry':
      return encodeEntry(4, operation)
    case 'searchReference':
      return application(
        19,
        operation.urls.map((url) => der.text(url)),
      )
    case 'extendedResponse':
      return application(24, [
        ...resultParts(operation.result),
        ...(operation.name === undefined ? [] : [der.text(operation.name, tags.context(10))]),
        ...optional(operation.value, tags.context(11)),
      ])
    case 'intermediate':
      return application(25, [
        ...(operation.name === undefined ? [] : [der.text(operation.name, tags.context(0))]),
        ...optional(operation.value, tags.context(1)),
      ])
    default:
      return application(answerTags[operation.kind], resultParts(operation.result))
  }
}

const answerTags = {
  searchDone: 5,
  modifyResponse: 7,
  addResponse: 9,
  deleteResponse: 11,
  renameResponse: 13,
  compareResponse: 15,
} as const

function encodeAuthentication(operation: Extract<Operation, { kind: 'bindRequest' }>): Uint8Array {
  const { authentication } = operation
  if (authentication.kind === 'simple') return der.octets(authentication.password, tags.context(0))
  const { mechanism, credentials } = authentication
  return der.sequence([der.text(mechanism), ...optional(credentials)], tags.contextOf(3))
}

function encodeSearch(search: SearchRequest): Uint8Array {
  return application(3, [
    der.text(search.base),
    der.enumerated(scopes.indexOf(search.scope)),
    der.enumerated(search.deref),
    der.integer(search.sizeLimit),
    der.integer(search.timeLimitSeconds),
    der.boolean(search.typesOnly),
    writeFilter(search.filter),
    der.sequence(search.attributes.map((name) => der.text(name))),
  ])
}

function encodeEntry(
  number: number,
  entry: { readonly dn: string; readonly attributes: readonly Attribute[] },
): Uint8Array {
  return application(number, [
    der.text(entry.dn),
    der.sequence(entry.attributes.map(encodeAttribute)),
  ])
}

function encodeAttribute({ name, values }: Attribute): Uint8Array {
  const items = values.map((value) => der.octets(value))
  // SET OF, but the order of values is kept: it is what everybody sends.
  return der.sequence([der.text(name), der.sequence(items, tags.set)])
}

function encodeChange(change: Change): Uint8Array {
  const kind = der.enumerated(changeKinds.indexOf(change.kind))
  return der.sequence([kind, encodeAttribute(change.attribute)])
}

function resultParts(result: Result): Uint8Array[] {
  const parts = [der.enumerated(result.code), der.text(result.matchedDn), der.text(result.message)]
  if (result.referrals.length === 0) return parts
  const urls = result.referrals.map((url) => der.text(url))
  return [...parts, der.sequence(urls, tags.contextOf(3))]
}

function application(number: number, parts: readonly Uint8Array[]): Uint8Array {
  return der.sequence(parts, tags.applicationOf(number))
}

function optional(value: Uint8Array | undefined, tag: Tag = tags.octetString): Uint8Array[] {
  return value ? [der.octets(value, tag)] : []
}
