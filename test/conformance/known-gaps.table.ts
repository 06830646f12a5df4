// Why this table exists: what an RFC says and Coppice does not do (yet, or on purpose). A case that stands here and passes
// fails the run, so that the table only ever tells what is so.
import type { Reasons } from './reasons.ts'

export const knownGaps: Reasons = [
  {
    reason:
      'on purpose: the card is the client. Firmware, initramfs and system of one machine send different identifiers, and clones share them; see the design’s identity rules',
    cases: [
      'RFC 2131 §4.2: a client that names itself is the same one with another card',
      'RFC 2131 §4.2: two clients that name themselves differently are two, even on one card',
    ],
  },
]
