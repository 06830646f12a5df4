// Why this file exists: a console and its client end at different times and in different ways, and neither may leave the
// other hanging or make us hold what it does not read.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ApiLimits } from './limits.ts'

type Patience = Pick<ApiLimits, 'leftConsoleSilenceMsMax' | 'lastWordsMsMax'>

/** Until either side is gone. A client that only sends no more goes on reading while something comes. */
export function joinConsole(socket: Socket, serial: Duplex, limits: Patience): void {
  let silence: NodeJS.Timeout | undefined
  let lastWords: NodeJS.Timeout | undefined
  const over = (): void => {
    if (lastWords !== undefined || socket.destroyed) return
    clearTimeout(silence)
    lastWords = setTimeout(() => socket.destroy(), limits.lastWordsMsMax)
    socket.unpipe(serial)
    // What is typed now reaches nobody, but unread it would cost the client the last words.
    socket.resume()
    socket.end()
    serial.destroy()
  }
  socket.once('close', () => {
    clearTimeout(silence)
    clearTimeout(lastWords)
    serial.destroy()
  })
  for (const event of ['end', 'error', 'close']) serial.on(event, over)
  if (socket.destroyed) serial.destroy()
  if (serial.destroyed) return over()
  socket.once('end', () => {
    silence = setTimeout(over, limits.leftConsoleSilenceMsMax)
    serial.on('data', () => silence?.refresh())
  })
  socket.pipe(serial)
  serial.pipe(socket)
}
