// Why this file exists: LDAP and X.509 give the same few tags by name, so that no reader compares octets.
export type TagClass = 'universal' | 'application' | 'context' | 'private'

export interface Tag {
  readonly class: TagClass
  readonly constructed: boolean
  readonly number: number
}

export const tagClasses = ['universal', 'application', 'context', 'private'] as const

function primitive(number: number): Tag {
  return { class: 'universal', constructed: false, number }
}

/** The universal types that we read and write, and makers for the other classes. */
export const tags = {
  boolean: primitive(1),
  integer: primitive(2),
  bitString: primitive(3),
  octetString: primitive(4),
  null: primitive(5),
  oid: primitive(6),
  enumerated: primitive(10),
  utf8String: primitive(12),
  printableString: primitive(19),
  ia5String: primitive(22),
  utcTime: primitive(23),
  generalizedTime: primitive(24),
  sequence: { class: 'universal', constructed: true, number: 16 },
  set: { class: 'universal', constructed: true, number: 17 },
  /** `[n]` around a simple value (IMPLICIT). */
  context: (number: number): Tag => ({ class: 'context', constructed: false, number }),
  /** `[n]` around elements (EXPLICIT, or IMPLICIT of a sequence). */
  contextOf: (number: number): Tag => ({ class: 'context', constructed: true, number }),
  application: (number: number): Tag => ({ class: 'application', constructed: false, number }),
  applicationOf: (number: number): Tag => ({ class: 'application', constructed: true, number }),
} as const

export function isTag(one: Tag, other: Tag): boolean {
  return (
    one.number === other.number &&
    one.class === other.class &&
    one.constructed === other.constructed
  )
}

/** `[context 3]`, `{universal 16}`: braces for constructed. */
export function formatTag(tag: Tag): string {
  const text = `${tag.class} ${tag.number}`
  return tag.constructed ? `{${text}}` : `[${text}]`
}
