// Door of the room: who is believed, and why: the authority and its certificates, claims, secrets.
export {
  type Authority,
  type AuthorityOptions,
  issueOwn,
  type IssueRequest,
  openAuthority,
  type OwnCertificate,
  type OwnKeyKind,
} from './authority.ts'
export {
  type Alarm,
  type Claim,
  claimLifeMinutesMax,
  type ClaimUse,
  type DoubtDecision,
  judgeClaim,
  type Judgement,
  type OpenDoubt,
  retryMinutesMax,
  waitingHoursMax,
} from './claim.ts'
export { keyName, requestedKey } from './enrol.ts'
export { type KeyFinding, lintBootRoot } from './key-lint.ts'
export {
  describePeerRefusal,
  judgePeer,
  type Peer,
  type PeerQuestion,
  type PeerRefusal,
  type Revocations,
} from './peer.ts'
export { readSecretFile } from './secret-file.ts'
export { Secret } from './secret.ts'
export { type Certificate, fingerprintOf } from './x509/certificate.ts'
export { type Usage } from './x509/extensions.ts'
export {
  describeRequestRefusal,
  type ParsedRequest,
  parseRequest,
  requestBytesMax,
  type RequestRefusal,
} from './x509/request.ts'
export { isSubject, libvirtName, organization, type Subject } from './x509/subject.ts'
