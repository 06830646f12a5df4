// Why this file exists: whatever was asked, an answer of DHCP has a form and keeps to rules; this judge reads both with a
// codec that is not the server's.
import assert from 'node:assert/strict'
import { formatIp4 } from '#directory'
import type { Destination } from '#pxe'
import { readReply, type Reply, u32Of } from '../../conformance/harness/dhcp-packet.ts'

const headers = 28
const leastBytesMax = 548
const frameBytesMax = 1_472
const replies = { offer: 2, ack: 5, nak: 6 } as const
/** In the smallest reply, beside what must be there. */
const relayBytesSure = 255
const boot = { request: 1, reply: 2 } as const

export interface Answered {
  readonly bytes: Uint8Array
  readonly destination: Destination
  readonly ownAddresses: ReadonlySet<string>
}

/** What a strict reader finds in the question; `undefined` when it finds an error. */
function strictly(bytes: Uint8Array): Reply | undefined {
  try {
    return readReply(bytes)
  } catch {
    return undefined // the server may be milder
  }
}

export function judgeDhcp(question: Uint8Array, { bytes, destination, ownAddresses }: Answered) {
  const reply = readReply(bytes)
  assert.equal(question[0], boot.request, 'a reply was answered')
  assert.equal(reply.op, boot.reply)
  assertSame(
    question,
    bytes,
    [1, 2, 'hardware'],
    [4, 8, 'xid'],
    [24, 28, 'giaddr'],
    [28, 44, 'card'],
  )
  const asked = strictly(question)
  assertSize(asked, reply)
  assert.ok(
    reply.tail?.every((octet) => octet === 0),
    'an end mark, and zeros behind it',
  )
  assertType(reply, ownAddresses)
  assertDestination(question, reply, destination)
  // Option 52 twice means nothing, and each reader may take it as it likes.
  const isPlain = (asked?.options.get(52)?.length ?? 1) === 1
  const relayed = isPlain ? asked?.options.get(82) : undefined
  // RFC 3046 §2.2: one that has no room is left out.
  const hasRoom = relayed && relayed.length <= relayBytesSure
  if (relayed && reply.options.has(53) && (hasRoom || reply.options.has(82))) {
    assert.deepEqual(reply.options.get(82), relayed, 'the relay gets its option back')
    assert.equal(reply.codes.at(-1) === 82 || reply.codes.includes(52), true, 'as the last')
  }
}

function assertSame(
  question: Uint8Array,
  answer: Uint8Array,
  ...parts: readonly (readonly [from: number, to: number, what: string])[]
): void {
  for (const [from, to, what] of parts)
    assert.ok(
      Buffer.from(question.subarray(from, to)).equals(Buffer.from(answer.subarray(from, to))),
      `${what} comes back as it was`,
    )
}

/** RFC 2131 §2 and option 57, which counts the headers. */
function assertSize(asked: Reply | undefined, { length }: Reply): void {
  assert.ok(length >= 300 && length <= frameBytesMax, `${length} octets`)
  const said = asked?.options.get(57)
  const most = said?.length === 2 ? (said[0] ?? 0) * 256 + (said[1] ?? 0) - headers : leastBytesMax
  if (asked) assert.ok(length <= Math.max(most, leastBytesMax), `${length} octets of ${most}`)
}

function assertType(reply: Reply, ownAddresses: ReadonlySet<string>): void {
  const type = reply.options.get(53)
  // BOOTP: nothing that only DHCP has (RFC 1534 §2).
  if (type === undefined) return assert.ok(!reply.options.has(51) && !reply.options.has(54))
  assert.equal(type.length, 1)
  const [kind = 0] = type
  assert.ok(Object.values<number>(replies).includes(kind), `type ${kind}`)
  assert.ok(ownAddresses.has(reply.options.get(54)?.join('.') ?? ''), 'one of our addresses')
  if (kind === replies.nak) {
    assert.equal(reply.yiaddr, '0.0.0.0')
    assert.ok(!reply.options.has(51))
    return
  }
  assert.ok(!ownAddresses.has(reply.yiaddr), "our own address is nobody else's")
  const seconds = u32Of(reply.options.get(51))
  if (reply.yiaddr !== '0.0.0.0') assert.ok(seconds !== undefined && seconds >= 60)
  else assert.equal(reply.options.has(51), false)
}

function assertDestination(question: Uint8Array, reply: Reply, destination: Destination): void {
  const isRelayed = reply.giaddr !== '0.0.0.0'
  assert.equal(destination.kind === 'relay', isRelayed)
  if (destination.kind === 'relay') assert.equal(formatIp4(destination.address), reply.giaddr)
  if (destination.kind === 'link-layer') {
    const card = Buffer.from(question.subarray(28, 34)).toString('hex')
    assert.equal(destination.mac.replaceAll(':', ''), card)
  }
}
