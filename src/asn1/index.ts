// Door of the room: BER and DER (X.690) for whoever speaks LDAP or X.509. Pure; imports nothing of ours.
export { type Asn1Limits, type Framing, frameAt, ldapLimits, x509Limits } from './frame.ts'
export { type Element, parseAsn1, Reader } from './reader.ts'
export { Asn1Error, type Asn1Refusal, describeRefusal, type Parsed } from './refusal.ts'
export { formatTag, isTag, type Tag, type TagClass, tags } from './tag.ts'
export { type BitString } from './value.ts'
export { der } from './writer.ts'
