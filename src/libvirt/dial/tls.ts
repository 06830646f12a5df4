// Why this file exists: a TLS handshake that succeeds is not a connection yet. libvirtd checks our certificate after it
// and confirms with one byte; without that byte every later error would be a riddle.
import { once } from 'node:events'
import { isIP } from 'node:net'
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'
import type { Fault } from '#fault'
import { systemTimers, type Timers } from '../connection/timers.ts'
import { clientRefused, type Peer, serverNotTrusted, unreachable } from '../faults.ts'

export const libvirtTlsPort = 16_514
const dialDeadlineMsDefault = 10_000
const confirmed = 1

export interface TlsTarget {
  readonly address: string
  readonly port?: number
  /** What the host's certificate must carry: its id, its name or its address. */
  readonly serverName: string
  /** PEM, all three. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly deadlineMs?: number
  readonly timers?: Timers
}

export async function dialTls(target: TlsTarget): Promise<TLSSocket> {
  const { address, port = libvirtTlsPort, serverName } = target
  const { deadlineMs = dialDeadlineMsDefault, timers = systemTimers } = target
  const peer: Peer = { name: `${serverName} (${address}:${port})` }
  const socket = connect({
    host: address,
    port,
    ca: target.ca,
    cert: target.cert,
    key: target.key,
    minVersion: 'TLSv1.2',
    // SNI must not be an address (RFC 6066).
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    checkServerIdentity: (_name, certificate) => checkServerIdentity(serverName, certificate),
  })
  socket.on('error', () => undefined) // each wait below hears of it by itself
  const late = unreachable(peer, `no connection within ${deadlineMs} ms`)
  using _deadline = timers.after(deadlineMs, () => void socket.destroy(late))
  try {
    await handshake(socket, peer)
    await confirmation(socket, peer, late)
  } catch (error) {
    socket.destroy()
    throw error
  }
  socket.setNoDelay(true)
  return socket
}

async function handshake(socket: TLSSocket, peer: Peer): Promise<void> {
  try {
    await once(socket, 'secureConnect')
  } catch (error) {
    throw explain(error, peer)
  }
}

/** Which side did not like what. */
function explain(error: unknown, peer: Peer): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return error
  if (error.code.startsWith('CPC-')) return error // our own deadline
  if (error.code.includes('_ALERT_')) return clientRefused(peer, error.message, error)
  const isNetwork = 'syscall' in error || error.code === 'ECONNRESET' || error.code === 'EPIPE'
  return isNetwork
    ? unreachable(peer, error.message, error)
    : serverNotTrusted(peer, error.message, error)
}

async function confirmation(socket: TLSSocket, peer: Peer, late: Fault): Promise<void> {
  const byte = await firstByte(socket)
  if (byte === confirmed) return
  if (socket.errored === late) throw late
  const why = byte === undefined ? 'it closed instead of confirming it' : `it answered ${byte}`
  throw clientRefused(peer, why, socket.errored ?? undefined)
}

/** `undefined` when the other side closes, with or without an error. */
function firstByte(socket: TLSSocket): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const look = (): void => {
    const byte: unknown = socket.read(1)
    if (byte instanceof Uint8Array) resolve(byte[0])
  }
  const closed = (): void => resolve(undefined)
  socket.on('readable', look).on('end', closed).on('close', closed)
  return promise.finally(() => {
    socket.off('readable', look).off('end', closed).off('close', closed)
  })
}
