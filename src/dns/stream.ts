// Why this file exists: over TCP each DNS message has its length before it (RFC 1035 §4.2.2), and a stream is cut
// anywhere; both ends of ours, server and forwarder, frame alike.

const lengthBytes = 2

export function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(lengthBytes + message.length)
  new DataView(bytes.buffer).setUint16(0, message.length)
  bytes.set(message, lengthBytes)
  return bytes
}

export type Taken =
  | { readonly kind: 'message'; readonly message: Uint8Array; readonly rest: Uint8Array }
  | { readonly kind: 'more' }
  | { readonly kind: 'too-long' }

/** The first message of what has arrived; one that announces more than the limit is not waited for. */
export function takeMessage(held: Uint8Array, messageBytesMax: number): Taken {
  if (held.length < lengthBytes) return { kind: 'more' }
  const end = lengthBytes + (((held[0] ?? 0) << 8) | (held[1] ?? 0))
  if (end - lengthBytes > messageBytesMax) return { kind: 'too-long' }
  if (held.length < end) return { kind: 'more' }
  return { kind: 'message', message: held.subarray(lengthBytes, end), rest: held.subarray(end) }
}
