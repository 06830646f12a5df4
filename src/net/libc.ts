// Why this file exists: Node opens no raw sockets and binds none to a device. These eleven calls do, and no other file
// of ours knows that they are foreign. Nothing here keeps a pointer: the kernel is done with a buffer when a call returns.
import koffi from 'koffi'

export interface Libc {
  socket(domain: number, type: number, protocol: number): number
  setOption(descriptor: number, option: SocketOption, value: Uint8Array): void
  bind(descriptor: number, address: Uint8Array): void
  listen(descriptor: number, backlog: number): void
  sendTo(descriptor: number, bytes: Uint8Array, to: Uint8Array): void
  /** How many bytes came into `into`; `undefined` when the time-out passed without any. */
  receiveFrom(descriptor: number, into: Uint8Array, from: Uint8Array): number | undefined
  close(descriptor: number): void
  /** Takes the calling thread, and nothing else, into the namespace that the descriptor holds. */
  enterNetworkNamespace(descriptor: number): void
  /** 0 when there is no such interface. */
  interfaceIndex(name: string): number
}

export interface SocketOption {
  readonly level: number
  readonly name: number
}

/** A call that the kernel refused; `reason` is its name for why, as `EADDRINUSE`. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused'
  readonly reason: string

  constructor(call: string, reason: string) {
    super(`${call} was refused: ${reason}`)
    this.reason = reason
  }
}

export const family = { ip4: 2, ip6: 10, packet: 17 } as const
export const socketType = { stream: 1, datagram: 2, raw: 3 } as const
/** Added to a type: no child process inherits it, and reading it never blocks. */
export const closeOnExec = 0o2_000_000
export const nonBlocking = 0o4_000
export const icmp6Protocol = 58
/** CLONE_NEWNET: any other kind of namespace is refused. */
const networkNamespace = 0x4000_0000

export const socketOption = {
  reuseAddress: { level: 1, name: 2 },
  broadcast: { level: 1, name: 6 },
  receiveTimeout: { level: 1, name: 20 },
  bindToDevice: { level: 1, name: 25 },
  receiveBufferForce: { level: 1, name: 33 },
  ip6UnicastHops: { level: 41, name: 16 },
  ip6MulticastHops: { level: 41, name: 18 },
  ip6MulticastLoop: { level: 41, name: 19 },
  ip6JoinGroup: { level: 41, name: 20 },
  icmp6Filter: { level: icmp6Protocol, name: 1 },
} as const

/** An `int` as socket options want it. */
export function intOption(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer)
}

/** A name as C wants it. */
export function nameOption(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}\0`)
}

const tryAgain = new Set(['EAGAIN', 'EINTR'])

let loaded: Libc | undefined

/** The calls. Made once: each binding costs memory that is never given back. */
export function libc(): Libc {
  loaded ??= bindCalls()
  return loaded
}

function bindCalls(): Libc {
  const library = koffi.load('libc.so.6')
  const socket = library.func('int socket(int, int, int)')
  const setsockopt = library.func('int setsockopt(int, int, int, const void*, uint32_t)')
  const bind = library.func('int bind(int, const void*, uint32_t)')
  const listen = library.func('int listen(int, int)')
  const sendto = library.func(
    'int64_t sendto(int, const void*, size_t, int, const void*, uint32_t)',
  )
  const recvfrom = library.func('int64_t recvfrom(int, void*, size_t, int, void*, void*)')
  const close = library.func('int close(int)')
  const setns = library.func('int setns(int, int)')
  const indexOfName = library.func('uint32_t if_nametoindex(const char*)')
  return {
    socket: (domain, type, protocol) => checked('socket', socket(domain, type, protocol)),
    setOption(descriptor, { level, name }, value) {
      checked('setsockopt', setsockopt(descriptor, level, name, value, value.length))
    },
    bind(descriptor, address) {
      checked('bind', bind(descriptor, address, address.length))
    },
    listen(descriptor, backlog) {
      checked('listen', listen(descriptor, backlog))
    },
    sendTo(descriptor, bytes, to) {
      checked('sendto', sendto(descriptor, bytes, bytes.length, 0, to, to.length))
    },
    receiveFrom(descriptor, into, from) {
      const length = Uint32Array.of(from.length)
      const result: unknown = recvfrom(descriptor, into, into.length, 0, from, length)
      if (result === -1 && tryAgain.has(reasonNow())) return undefined
      return checked('recvfrom', result)
    },
    close(descriptor) {
      checked('close', close(descriptor))
    },
    enterNetworkNamespace(descriptor) {
      checked('setns', setns(descriptor, networkNamespace))
    },
    interfaceIndex: (name) => checked('if_nametoindex', indexOfName(name)),
  }
}

function checked(call: string, result: unknown): number {
  if (typeof result !== 'number') throw new TypeError(`${call} gave no number`)
  if (result < 0) throw new CallRefused(call, reasonNow())
  return result
}

/** Koffi keeps the thread's errno of the last call. */
function reasonNow(): string {
  const number = koffi.errno()
  const known = Object.entries(koffi.os.errno).find(([, value]) => value === number)
  return known?.[0] ?? `errno ${number}`
}
