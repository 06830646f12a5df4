// Why this table exists: whatever boot HTTP refuses is counted under a name of its own, and told to people in words.
export const httpRefusals = {
  malformed: { status: 400, why: 'the request cannot be read, or has a body' },
  method: { status: 405, why: 'only GET and HEAD are answered' },
  notFound: { status: 404, why: 'there is no such boot file' },
  range: { status: 416, why: 'the file has no such part' },
  busy: { status: 503, why: 'the file is being replaced, or too many are read from the disk' },
  failed: { status: 500, why: 'the answer failed by a bug, which the log tells' },
} as const

export type HttpRefusal = keyof typeof httpRefusals
