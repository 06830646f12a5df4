// Why this file exists: all that TFTP needs of a network, so that the same server runs over sockets and over a network
// in memory that loses packets by a seed.
export interface DatagramPort {
  onMessage(listener: (bytes: Uint8Array, source: DatagramSource) => void): void
  send(bytes: Uint8Array | readonly Uint8Array[], address: string, port: number): void
  close(): Promise<void>
}

export interface DatagramSource {
  readonly address: string
  readonly port: number
}

/** Time as the server sees it. */
export interface TransferClock {
  /** Milliseconds that never jump. */
  readonly now: () => number
  /** Milliseconds since 1970, for the record. */
  readonly wall: () => number
  /** Calls at that interval until the answer is called. */
  readonly every: (millis: number, call: () => void) => () => void
}
