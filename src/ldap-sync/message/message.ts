// Why this file exists: the part of LDAP (RFC 4511) that we speak, as values. Reading and writing are elsewhere.
import type { Filter } from './filter.ts'

export interface LdapMessage {
  readonly id: number
  readonly operation: Operation
  readonly controls: readonly Control[]
}

export interface Control {
  readonly oid: string
  readonly critical: boolean
  readonly value?: Uint8Array
}

export interface Attribute {
  readonly name: string
  readonly values: readonly Uint8Array[]
}

/** RFC 4511 4.1.9. What a code means stands in result-code.table.ts. */
export interface Result {
  readonly code: number
  readonly matchedDn: string
  readonly message: string
  readonly referrals: readonly string[]
}

export const scopes = ['base', 'one', 'sub'] as const
export type Scope = (typeof scopes)[number]

export const changeKinds = ['add', 'delete', 'replace', 'increment'] as const

export interface Change {
  readonly kind: (typeof changeKinds)[number]
  readonly attribute: Attribute
}

export type Authentication =
  | { readonly kind: 'simple'; readonly password: Uint8Array }
  | { readonly kind: 'sasl'; readonly mechanism: string; readonly credentials?: Uint8Array }

export interface SearchRequest {
  readonly base: string
  readonly scope: Scope
  /** How aliases are followed; 0 is never. */
  readonly deref: number
  /** Zero asks for no limit. */
  readonly sizeLimit: number
  readonly timeLimitSeconds: number
  readonly typesOnly: boolean
  readonly filter: Filter
  readonly attributes: readonly string[]
}

export type Operation =
  | {
      readonly kind: 'bindRequest'
      readonly version: number
      readonly dn: string
      readonly authentication: Authentication
    }
  | { readonly kind: 'bindResponse'; readonly result: Result; readonly credentials?: Uint8Array }
  | { readonly kind: 'unbindRequest' }
  | { readonly kind: 'searchRequest'; readonly search: SearchRequest }
  | {
      readonly kind: 'searchEntry'
      readonly dn: string
      readonly attributes: readonly Attribute[]
    }
  | { readonly kind: 'searchReference'; readonly urls: readonly string[] }
  | { readonly kind: 'searchDone'; readonly result: Result }
  | { readonly kind: 'modifyRequest'; readonly dn: string; readonly changes: readonly Change[] }
  | { readonly kind: 'modifyResponse'; readonly result: Result }
  | { readonly kind: 'addRequest'; readonly dn: string; readonly attributes: readonly Attribute[] }
  | { readonly kind: 'addResponse'; readonly result: Result }
  | { readonly kind: 'deleteRequest'; readonly dn: string }
  | { readonly kind: 'deleteResponse'; readonly result: Result }
  | {
      readonly kind: 'renameRequest'
      readonly dn: string
      readonly newRdn: string
      readonly deleteOldRdn: boolean
      readonly newParent?: string
    }
  | { readonly kind: 'renameResponse'; readonly result: Result }
  | {
      readonly kind: 'compareRequest'
      readonly dn: string
      readonly attribute: string
      readonly value: Uint8Array
    }
  | { readonly kind: 'compareResponse'; readonly result: Result }
  | { readonly kind: 'abandonRequest'; readonly abandons: number }
  | { readonly kind: 'extendedRequest'; readonly name: string; readonly value?: Uint8Array }
  | {
      readonly kind: 'extendedResponse'
      readonly result: Result
      readonly name?: string
      readonly value?: Uint8Array
    }
  /** RFC 4511 4.13: what a persistent search says besides entries. */
  | { readonly kind: 'intermediate'; readonly name?: string; readonly value?: Uint8Array }

export const success: Result = { code: 0, matchedDn: '', message: '', referrals: [] }

export const messageIdMax = 0x7fff_ffff
