// Why this file exists: on the host itself, and in tests, libvirtd is reached by its socket without TLS.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { unreachable } from '../faults.ts'

export async function dialUnix(path: string): Promise<Socket> {
  const socket = connect(path)
  socket.on('error', () => undefined) // heard below, and later by the connection
  try {
    await once(socket, 'connect')
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be opened'
    throw unreachable({ name: path }, why, error)
  }
  return socket
}
